"""Who can not be written to in private is asked, in the group where he spoke, to make it possible.

What he said is not repeated there.
"""

from handlers.context import Context
from handlers.messages import Outgoing, Target
from handlers.replies import residents as replies
from storage.models import OutboxRow, OutgoingClass

_PRIVATE = "private:"


def call_from_group(row: OutboxRow, context: Context) -> list[Outgoing]:
    """What is said instead of a private message that found no friend: once a ticket and person."""
    target = _where_he_spoke(row, context)
    if target is None:
        return []
    is_alarm = row.kind is OutgoingClass.ALARM
    duty = context.settings.duty.by_danger
    text = replies.somebody_listens(duty) if is_alarm else replies.befriend()
    user_id = row.conversation.removeprefix(_PRIVATE)
    return [
        Outgoing(
            target,
            OutgoingClass.ALARM if is_alarm else OutgoingClass.REPLY,
            text,
            at_users=(user_id,),
            ticket=row.ticket,
            unit=row.unit,
            slot=f"unreached:{row.ticket}:{user_id}",
        )
    ]


def _where_he_spoke(row: OutboxRow, context: Context) -> Target | None:
    """The group in which this resident raised the matter; what was raised in private stays so."""
    is_private = row.conversation.startswith(_PRIVATE)
    if row.ticket is None or row.person is not None or not is_private:
        return None
    user_id = row.conversation.removeprefix(_PRIVATE)
    resident = context.store.residents.find(row.platform, user_id)
    for report in context.store.tickets.list_reports(row.ticket):
        is_his = resident is not None and report.resident == resident.id
        if is_his and not report.conversation.startswith(_PRIVATE):
            return Target(report.platform, report.conversation)
    return None
