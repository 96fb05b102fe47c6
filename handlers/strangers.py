"""A resident who was never met in a group and writes in private: of which unit he is.

His matter is the town's from the first line on. He is asked once; his answer brings it to his unit.
"""

from dataclasses import dataclass, replace

from handlers.assignment import complained_of, complaint_in, responsible
from handlers.attachments import from_residents
from handlers.audience import tell_person, tell_residents
from handlers.context import Context
from handlers.lifecycle import touch
from handlers.messages import Incoming, Outgoing, Target
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.replies import strangers as stranger_replies
from handlers.sayings import all_said
from handlers.speakers import Speaker
from handlers.units import example_of, is_only_told, own_unit, units_told
from handlers.unnaming import name_shown
from storage.models import OutgoingClass, Resident, Role, Stage, Ticket, UnitId, Urgency


@dataclass(frozen=True, slots=True)
class Placed:
    """What an answer led to. `unit` is the one he belongs to, `is_all`: the line says no more."""

    ticket: Ticket
    unit: UnitId
    outgoing: tuple[Outgoing, ...]
    is_all: bool


def remember_unit(ticket: Ticket, resident: Resident, context: Context) -> None:
    """He is of the unit his new matter went to, if he says so himself: not to be asked later."""
    is_stranger = ticket.conversation.startswith("private:") and resident.unit is None
    if is_stranger and own_unit(ticket.body, context.settings) == ticket.unit:
        context.store.residents.see(resident.platform, resident.user_id, "", ticket.unit)


def ask_unit(ticket: Ticket, resident: Resident, context: Context) -> list[Outgoing]:
    """Once ever, and nothing where life is in danger or staff are complained of."""
    example = example_of(context.settings)
    is_wanted = _is_unplaced(ticket, resident, context) and not was_asked(ticket, resident, context)
    if not is_wanted or example is None:
        return []
    return [
        Outgoing(
            Target(ticket.platform, ticket.conversation),
            OutgoingClass.QUESTION,
            stranger_replies.ask_unit(example),
            ticket=ticket.number,
            slot=_slot(resident),
        )
    ]


def _is_unplaced(ticket: Ticket, resident: Resident, context: Context) -> bool:
    people = context.store.people
    return (
        ticket.unit == context.settings.town
        and ticket.conversation.startswith("private:")
        and resident.unit is None
        and ticket.urgency is not Urgency.CRITICAL
        and people.by_account(resident.platform, resident.user_id) is None
        and complaint_in(context.store, ticket) is None
    )


def _slot(resident: Resident) -> str:
    return f"whose:{resident.id}"


def was_asked(ticket: Ticket, resident: Resident, context: Context) -> bool:
    """Whether nobody knows where the matter belongs though he has been asked."""
    return _is_unplaced(ticket, resident, context) and _has_been_asked(resident, context)


def _has_been_asked(resident: Resident, context: Context) -> bool:
    return context.store.outbox.get_by_slot(_slot(resident)) is not None


def hear_unit(incoming: Incoming, speaker: Speaker, context: Context) -> Placed | None:
    """The answer, at any time: what staff have not taken up yet goes to the unit he names."""
    if not incoming.is_private or speaker.is_staff or speaker.resident.unit is not None:
        return None
    own = _own_open(speaker.resident, context)
    units = units_told(incoming.words, context.settings) if own else ()
    if not units:
        return None
    is_all = is_only_told(incoming.words)
    if len(units) > 1:
        names = [context.settings.units[unit].name for unit in units]
        which = Outgoing(incoming.target, OutgoingClass.REPLY, stranger_replies.which_unit(names))
        return Placed(own[0], speaker.unit, (which,), is_all)
    waiting = [one for one in own if _waits_for_unit(one, speaker.resident, context)]
    context.store.residents.see(incoming.platform, incoming.sender, "", units[0])
    if not waiting:
        return _keep(own[0], units[0], incoming, speaker.resident, context)
    moved = [_move(ticket, units[0], speaker.resident, context) for ticket in waiting]
    told = tuple(one for _, outgoing in moved for one in outgoing)
    return Placed(moved[0][0], units[0], told, is_all)


def _own_open(resident: Resident, context: Context) -> list[Ticket]:
    """What a stranger has opened, newest first, if he was asked or complains of staff; of what he
    joined its opener is asked."""
    own = [
        ticket
        for ticket in context.store.tickets.list_for_resident(resident.id)
        if ticket.resident == resident.id and ticket.stage is not Stage.CLOSED
    ]
    if _has_been_asked(resident, context):
        return own
    return [ticket for ticket in own if _is_complaint_at_town(ticket, context)]


def _is_complaint_at_town(ticket: Ticket, context: Context) -> bool:
    is_at_town = ticket.unit == context.settings.town and ticket.conversation.startswith("private:")
    return is_at_town and complaint_in(context.store, ticket) is not None


def _waits_for_unit(ticket: Ticket, resident: Resident, context: Context) -> bool:
    return ticket.stage is Stage.REGISTERED and _is_unplaced(ticket, resident, context)


def _keep(
    ticket: Ticket, unit: UnitId, incoming: Incoming, resident: Resident, context: Context
) -> Placed:
    """Whoever has taken it up for the town hears what was asked. Nothing moves any more, but a
    complaint that nobody could be given."""
    after, told = _give_complaint(ticket, unit, resident, context)
    text, kind = replies.noted(ticket), OutgoingClass.REPLY
    noted = Outgoing(incoming.target, kind, text, ticket=ticket.number)
    is_with_the_town = after.unit == context.settings.town
    is_all = is_only_told(incoming.words) and not is_with_the_town
    return Placed(after, unit, (noted, *told), is_all)


def _give_complaint(
    ticket: Ticket, unit: UnitId, resident: Resident, context: Context
) -> tuple[Ticket, list[Outgoing]]:
    """To whoever is above those it is about, now that it is known where they are. The
    administrator need name nobody any more."""
    store, now, settings = context.store, context.now, context.settings
    against = complaint_in(store, ticket) if ticket.assignee is None else None
    person = responsible(store, unit, now, settings, against) if against is not None else None
    if person is None:
        return ticket, []
    after = touch(replace(ticket, unit=unit, assignee=person.id), now, settings)
    store.tickets.save(after)
    store.history.add(after.number, now, f"转给{settings.units[unit].name}", resident=resident.id)
    told, note = _card(after, resident, context), stranger_replies.has_somebody(after)
    for administrator in store.people.list_in_post(settings.town, Role.ADMINISTRATOR):
        told += tell_person(administrator, note, OutgoingClass.CARD, after, context)
    return after, told


def _card(ticket: Ticket, resident: Resident, context: Context) -> list[Outgoing]:
    came, kind = from_residents(ticket, context), OutgoingClass.CARD
    said, who = all_said(ticket, context), name_shown(ticket, resident, context)
    text = staff_replies.card(ticket, who, said, context.now, context.settings, came)
    return tell_person(ticket.assignee, text, kind, ticket, context, came.shown)


def _move(
    before: Ticket, unit: UnitId, resident: Resident, context: Context
) -> tuple[Ticket, list[Outgoing]]:
    """Before the acknowledgement that says who has it, and goes now; afterwards all are told. What
    complains of somebody there stays with the town."""
    store, now, settings = context.store, context.now, context.settings
    after = before
    if complained_of(store, unit, before.body) is None and unit != before.unit:
        person = responsible(store, unit, now, settings)
        after = replace(before, unit=unit, assignee=person.id if person else None)
        name = settings.units[unit].name
        store.history.add(after.number, now, f"转给{name}", resident=resident.id)
    if before.acknowledged_at is None:
        after = replace(after, gather_until=now)
    after = touch(after, now, settings)
    store.tickets.save(after)
    is_told = before.acknowledged_at is not None
    return after, _tell(before, after, resident, context) if is_told else []


def _tell(before: Ticket, after: Ticket, resident: Resident, context: Context) -> list[Outgoing]:
    if after.unit == before.unit:
        text = replies.noted(after)
        return tell_residents(after, text, OutgoingClass.REPLY, context)
    name, kind = context.settings.units[after.unit].name, OutgoingClass.CARD
    text = replies.transferred_told(after, name)
    told = tell_residents(after, text, OutgoingClass.ANSWER, context)
    if after.assignee == before.assignee:
        return told
    told += _card(after, resident, context)
    note = stranger_replies.belongs_to(after, name)
    return told + tell_person(before.assignee, note, kind, after, context)
