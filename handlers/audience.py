"""To whom a ticket's news goes: each resident where he raised it, in private where it must be."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.assignment import private_to
from handlers.context import Context
from handlers.messages import Outgoing, Target
from storage.models import OutgoingClass, Person, PersonId, Resident, ResidentId, Ticket


@dataclass(frozen=True, slots=True)
class Audience:
    """Residents of one ticket who are told together in one conversation."""

    target: Target
    residents: tuple[Resident, ...]
    unnamed: frozenset[ResidentId] = frozenset()
    """Who must not be named in a group."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(resident.name for resident in self.named)

    @property
    def named(self) -> tuple[Resident, ...]:
        if self.target.is_private:
            return self.residents
        return tuple(one for one in self.residents if one.id not in self.unnamed)

    @property
    def at_users(self) -> tuple[str, ...]:
        """In a group they are named by @; in private that would be odd."""
        if self.target.is_private:
            return ()
        return tuple(resident.user_id for resident in self.named)


def audiences(ticket: Ticket, context: Context) -> Sequence[Audience]:
    """One for each conversation in which the matter was raised, the opener's first."""
    groups: dict[Target, list[Resident]] = {}
    reports = context.store.tickets.list_reports(ticket.number)
    for report in reports:
        resident = context.store.residents.get(report.resident)
        if resident is None:
            continue
        target = Target(report.platform, report.conversation)
        if ticket.is_sensitive:
            target = Target(resident.platform, f"private:{resident.user_id}")
        groups.setdefault(target, []).append(resident)
    unnamed = frozenset(report.resident for report in reports if report.is_anonymous)
    return [Audience(target, tuple(residents), unnamed) for target, residents in groups.items()]


def tell_residents(
    ticket: Ticket, text: str, kind: OutgoingClass, context: Context, images: Sequence[str] = ()
) -> list[Outgoing]:
    """The same words to everybody who raised the ticket."""
    return [
        Outgoing(
            audience.target,
            kind,
            text,
            at_users=audience.at_users,
            images=tuple(images),
            ticket=ticket.number,
            unit=ticket.unit,
        )
        for audience in audiences(ticket, context)
    ]


def tell_person(
    person: Person | PersonId | None,
    text: str,
    kind: OutgoingClass,
    ticket: Ticket,
    context: Context,
    images: Sequence[str] = (),
) -> list[Outgoing]:
    """A private message to a member of staff; nothing where there is nobody."""
    if person is None:
        return []
    number = person.id if isinstance(person, Person) else person
    return [
        Outgoing(
            private_to(context.store, number),
            kind,
            text,
            images=tuple(images),
            ticket=ticket.number,
            person=number,
            unit=ticket.unit,
        )
    ]
