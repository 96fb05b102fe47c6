"""From a frame of one connection to the receiver: read, queue in order, fetch media, tell."""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import orjson

from bot.adapters.onebot_calls import Payload, transcribe
from bot.adapters.onebot_events import PLATFORM, Draft, Heard, read_event
from bot.adapters.onebot_lanes import Lanes
from bot.adapters.onebot_link import Link
from bot.adapters.onebot_places import Place, Places
from bot.adapters.onebot_segments import as_id
from bot.adapters.port import Echo, Notice, Receiver
from bot.media import Media
from handlers.messages import Incoming, Voice

log = logging.getLogger("lianxin.onebot")


class Intake:
    """Tells one receiver what all connections hear.

    The lines of one conversation are told in order, one after the other; those of different
    conversations side by side.
    """

    def __init__(self, media: Media, places: Places, now: Callable[[], datetime]) -> None:
        self.receiver: Receiver | None = None
        self._media = media
        self._places = places
        self._now = now
        self._lanes = Lanes()

    async def take(self, link: Link, frame: str | bytes) -> None:
        """Handle one frame: an answer to a call, an event, or rubbish (logged, dropped)."""
        payload = decode(frame)
        if payload is None:
            log.warning("account %s: unreadable frame of %d bytes", link.account, len(frame))
        elif "post_type" not in payload:
            link.resolve(payload)
        elif as_id(payload.get("self_id")) != link.account:
            log.warning("account %s: event of another account refused", link.account)
        else:
            heard = self._read(payload, link)
            if heard is not None:
                await self._queue(link, heard, len(frame))

    async def turn(self, link: Link, kind: str, detail: str) -> None:
        """Tell that an account went ``online`` or ``offline``."""
        level = logging.INFO if kind == "online" else logging.WARNING
        log.log(level, "account %s is %s: %s", link.account, kind, detail)
        notice = Notice(PLATFORM, link.account, kind, None, detail, self._now())
        await self._lanes.put(link.account, 0, partial(self._tell, link, notice))

    async def complete(self, link: Link, draft: Draft) -> Incoming:
        """The message with its pictures fetched and its voice note heard."""
        if not draft.has_media:
            return draft.incoming
        names = await asyncio.gather(*map(self._media.fetch_picture, draft.pictures))
        images = tuple(name for name in names if name is not None)
        missing = draft.incoming.images_missing + len(names) - len(images)
        voice = await self._listen(link, draft)
        return replace(draft.incoming, images=images, images_missing=missing, voice=voice)

    async def drain(self, seconds: float) -> None:
        await self._lanes.drain(seconds)

    def _read(self, payload: Payload, link: Link) -> Heard | None:
        try:
            return read_event(payload, link.account, self._now())
        except Exception as error:  # noqa: BLE001  one event must not cost the connection
            log.error("account %s: event not understood: %s", link.account, type(error).__name__)
            return None

    async def _queue(self, link: Link, heard: Heard, weight: int) -> None:
        if isinstance(heard, Notice) and heard.kind in ("online", "offline"):
            await self._health_changed(link, heard)
            return
        if link.offline_reason is not None:
            link.offline_reason = None
            await self.turn(link, "online", "traffic")
        key = self._note(link, heard)
        await self._lanes.put(key, weight, partial(self._tell, link, heard))

    async def _health_changed(self, link: Link, notice: Notice) -> None:
        """Only changes are told. A heartbeat of "online" does not outweigh a bot_offline notice."""
        is_heartbeat = notice.detail == "heartbeat"
        if notice.kind == "offline" and link.offline_reason is None:
            link.offline_reason = "heartbeat" if is_heartbeat else "kicked"
            await self.turn(link, "offline", notice.detail)
        elif notice.kind == "offline" and not is_heartbeat:
            link.offline_reason = "kicked"
        elif notice.kind == "online" and link.offline_reason == "heartbeat":
            link.offline_reason = None
            await self.turn(link, "online", notice.detail)

    def _note(self, link: Link, heard: Heard) -> str:
        """Remember where the conversation was heard; returns its lane."""
        match heard:
            case Draft(incoming=incoming, temporary_group=group):
                if incoming.recall is None:
                    place = Place(link.account, incoming.message_id, group)
                    self._places.note(incoming.conversation, place)
                    if not incoming.is_private:
                        group = incoming.conversation.removeprefix("group:")
                        self._places.meet(incoming.sender, group)
                return incoming.conversation
            case Echo(target=target):
                return target.conversation
            case Notice(conversation=conversation):
                return conversation or link.account

    async def _tell(self, link: Link, heard: Heard) -> None:
        receiver = self.receiver
        if receiver is None:
            return
        match heard:
            case Draft():
                await receiver.receive(await self.complete(link, heard))
            case Echo():
                await receiver.echoed(heard)
            case Notice():
                await receiver.noticed(heard)

    async def _listen(self, link: Link, draft: Draft) -> Voice | None:
        """The voice note in words where the implementation can, else kept as a file."""
        voice, record = draft.incoming.voice, draft.record
        if voice is None or record is None:
            return voice
        words = await transcribe(link, draft.incoming.message_id)
        file = await self._media.fetch_voice(record) if words is None and record else None
        return replace(voice, transcript=words, file=file)


def decode(frame: str | bytes) -> Payload | None:
    """A frame as a JSON object, else None. Lone surrogates, which orjson refuses, are let in."""
    try:
        payload = orjson.loads(frame)
    except orjson.JSONDecodeError:
        try:
            payload = json.loads(frame)
        except (ValueError, RecursionError):
            return None
    return payload if isinstance(payload, dict) else None
