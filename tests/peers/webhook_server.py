"""A host of the outer world, played on loopback: reached as a proxy, speaking TLS as that host.

What is sent to it is what would go out, down to the certificate that is checked.
"""

import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANSWER = (
    b'HTTP/1.1 200 OK\r\nContent-Length: 27\r\nConnection: close\r\n\r\n{"errcode":0,"errmsg":"ok"}'
)


@dataclass
class WebhookServer:
    """`certificate` is what a client must trust. `posts` are (first line, body) as they came."""

    host: str
    folder: Path
    posts: list[tuple[str, bytes]] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.certificate = self.folder / f"{self.host}.pem"
        self.certificate.write_bytes(make_certificate(self.host))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    self._talk(connection)
                except (OSError, ValueError):
                    continue

    def _talk(self, connection: socket.socket) -> None:
        head, _ = _read_head(connection)
        self.tunnels.append(head.split("\r\n")[0])
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with self._context.wrap_socket(connection, server_side=True) as inner:
            head, body = _read_head(inner)
            length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
            while len(body) < length:
                body += inner.recv(65536)
            self.posts.append((head.split("\r\n")[0], body))
            answer = b'{"errcode":0,"errmsg":"ok"}'
            head_out = (
                f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
            )
            inner.sendall(head_out.encode() + answer)


def _read_head(connection: socket.socket) -> tuple[str, bytes]:
    """The head, and what came with it of the body."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ValueError("closed")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    return head.decode(), body


def make_certificate(host: str) -> bytes:
    """Key and self-signed certificate, in one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)  # noqa: TID251 - the client's library looks at the machine's clock
    public = key.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return secret + certificate.public_bytes(serialization.Encoding.PEM)
