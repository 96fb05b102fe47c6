"""Groups whose ids have changed: WeChat may give a room another one with each login."""

from collections.abc import Sequence

from handlers.alarms import ADMINISTRATOR
from handlers.assignment import private_to
from handlers.context import Context
from handlers.messages import Outgoing, Room
from handlers.replies.rooms import room_changed
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
    text = room_changed(gone.title, room.topic, unit.name, _staff_in(room, gone, context))
    slot = _slot(gone.platform, gone.conversation, room.conversation)
    return [
        Outgoing(
            private_to(context.store, person.id),
            OutgoingClass.REMINDER,
            text,
            person=person.id,
            slot=f"{slot}:{person.id}",
        )
        for person in context.store.people.list_in_post(context.settings.town, ADMINISTRATOR)
    ]


def _slot(platform: str, old: str, new: str) -> str:
    return f"rooms:{platform}:{old}:{new}"
