"""A mail server on loopback: takes what it is given, as far as a client needs it to."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """`refuses` says no to every recipient."""

    mails: list[EmailMessage] = field(default_factory=list)
    refuses: bool = False
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while line := await reader.readline():
            verb = line.split(b" ")[0].strip().upper()
            writer.write(await self._answer(verb, reader, writer))
            await writer.drain()
            if verb == b"QUIT":
                break
        writer.close()

    async def _answer(
        self, verb: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bytes:
        match verb:
            case b"RCPT" if self.refuses:
                return b"550 no such box\r\n"
            case b"DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                mail = message_from_bytes(body.removesuffix(b".\r\n"), policy=policy.default)
                self.mails.append(mail)
                return b"250 taken\r\n"
            case b"QUIT":
                return b"221 bye\r\n"
            case _:
                return b"250 well\r\n"
