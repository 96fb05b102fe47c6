"""Groups the bot is taken into or out of, and those whose ids have changed: WeChat may give a room
another one with each login."""

from collections.abc import Sequence
from datetime import datetime

from handlers.alarms import ADMINISTRATOR
from handlers.assignment import private_to
from handlers.context import Context
from handlers.messages import Outgoing, Room, Target
from handlers.replies import rooms as replies
from handlers.worktime import calendar_for
from storage.models import Conversation, OutgoingClass, UnitId


def review(platform: str, rooms: Sequence[Room], context: Context) -> list[Outgoing]:
    """Remember the titles of bound groups; where one is gone and another looks like it, ask the
    administrators, once for each such pair. Nothing is bound on a guess."""
    conversations = context.store.conversations
    unbound = {room.conversation: room for room in rooms}
    gone: list[Conversation] = []
    for known in conversations.list_all():
        if known.platform != platform:
            continue
        room = unbound.pop(known.conversation, None)
        if room is None:
            gone.append(known)
        elif room.topic and room.topic != known.title:
            conversations.rename(platform, known.conversation, room.topic)
    told: list[Outgoing] = []
    for known in gone:
        likely = _likely(known, tuple(unbound.values()), context)
        if likely is not None:
            told += _ask(known, likely, context)
    return told


def moved_from(platform: str, conversation: str, unit: UnitId, context: Context) -> str | None:
    """The group of the unit as whose new id this one was shown to an administrator."""
    for known in context.store.conversations.list_for_unit(unit):
        if known.platform != platform or known.conversation == conversation:
            continue
        slot = _slot(platform, known.conversation, conversation)
        for person in context.store.people.list_in_post(context.settings.town, ADMINISTRATOR):
            if context.store.outbox.get_by_slot(f"{slot}:{person.id}") is not None:
                return known.conversation
    return None


def _likely(gone: Conversation, rooms: Sequence[Room], context: Context) -> Room | None:
    """The room of the same title; else one that names the unit and has staff of it. Of several
    the one with most of the unit's staff."""
    fitting = [room for room in rooms if gone.title and room.topic == gone.title]
    unit = context.settings.units.get(gone.unit)
    if not fitting and unit is not None:
        names = (unit.name, *unit.aliases)
        fitting = [
            room
            for room in rooms
            if any(name in room.topic for name in names) and _staff_in(room, gone, context)
        ]
    return max(fitting, key=lambda room: len(_staff_in(room, gone, context)), default=None)


def _staff_in(room: Room, gone: Conversation, context: Context) -> list[str]:
    """Names of the unit's staff among the members."""
    people = context.store.people
    return [
        person.name
        for person in people.list_people_of_unit(gone.unit)
        if any(
            account.platform == gone.platform and account.user_id in room.members
            for account in people.list_accounts(person.id)
        )
    ]


def _ask(gone: Conversation, room: Room, context: Context) -> list[Outgoing]:
    unit = context.settings.units.get(gone.unit)
    if unit is None:
        return []
    text = replies.room_changed(gone.title, room.topic, unit.name, _staff_in(room, gone, context))
    slot = _slot(gone.platform, gone.conversation, room.conversation)
    return _tell_administrators(OutgoingClass.REMINDER, text, slot, context)


def lose(group: Target, at: datetime, context: Context) -> list[Outgoing]:
    """The bot's account is no longer in a group: of a bound one the administrators are told."""
    known = context.store.conversations.get(group.platform, group.conversation)
    if known is None:
        return []
    text = replies.group_lost(_unit_name(known, context), _called(group, known))
    slot = f"lost:{group.platform}:{group.conversation}:{at.isoformat()}"
    return _tell_administrators(OutgoingClass.NOTICE, text, slot, context)


def enter(group: Target, context: Context) -> list[Outgoing]:
    """The bot's account is in a group: whose it is, only an administrator can say."""
    if context.store.conversations.get(group.platform, group.conversation) is not None:
        return []
    slot = f"entered:{group.platform}:{group.conversation}:{_today(context)}"
    text = replies.group_new(_called(group, None))
    return _tell_administrators(OutgoingClass.NOTICE, text, slot, context)


def fall_silent(group: Target, seconds: int, context: Context) -> list[Outgoing]:
    """The bot may not speak in a bound group for a while; told once a day."""
    known = context.store.conversations.get(group.platform, group.conversation)
    if known is None:
        return []
    minutes = max(1, round(seconds / 60))
    text = replies.group_muted(_unit_name(known, context), _called(group, known), minutes)
    slot = f"muted:{group.platform}:{group.conversation}:{_today(context)}"
    return _tell_administrators(OutgoingClass.NOTICE, text, slot, context)


def _unit_name(known: Conversation, context: Context) -> str:
    unit = context.settings.units.get(known.unit)
    return unit.name if unit is not None else known.unit


def _called(group: Target, known: Conversation | None) -> str:
    title = known.title if known is not None else ""
    return replies.group_called(group.platform, group.conversation, title)


def _today(context: Context) -> str:
    return calendar_for(context.settings.worktime).local(context.now).date().isoformat()


def _tell_administrators(
    kind: OutgoingClass, text: str, slot: str, context: Context
) -> list[Outgoing]:
    return [
        Outgoing(
            private_to(context.store, person.id),
            kind,
            text,
            person=person.id,
            slot=f"{slot}:{person.id}",
        )
        for person in context.store.people.list_in_post(context.settings.town, ADMINISTRATOR)
    ]


def _slot(platform: str, old: str, new: str) -> str:
    return f"rooms:{platform}:{old}:{new}"
