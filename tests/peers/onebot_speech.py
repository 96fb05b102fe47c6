"""What somebody says, as the segments of a OneBot message."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.peers.onebot_sends import Segment
from tests.peers.picture_server import PictureServer


@dataclass
class Speech:
    """`account` is the bot's. Pictures given as bytes are served, links are passed on."""

    account: str
    pictures: PictureServer

    def segments(
        self,
        text: str,
        *,
        images: Sequence[bytes | str] = (),
        at_users: Sequence[str] = (),
        at_bot: bool = False,
        reply_to: int | None = None,
        voice: bytes | None = None,
    ) -> list[Segment]:
        """Quote, @, text, pictures, voice note."""
        said: list[Segment] = []
        if reply_to is not None:
            said.append({"type": "reply", "data": {"id": str(reply_to)}})
        mentioned = [*at_users, self.account] if at_bot else list(at_users)
        said += [{"type": "at", "data": {"qq": user}} for user in mentioned]
        if text:
            said.append({"type": "text", "data": {"text": text}})
        for image in images:
            link = image if isinstance(image, str) else self.pictures.put(image)
            data = {"file": "picture.jpg", "url": link, "sub_type": 0, "summary": ""}
            said.append({"type": "image", "data": data})
        if voice is not None:
            link = self.pictures.put(voice)
            said.append({"type": "record", "data": {"file": "voice.amr", "url": link}})
        return said
