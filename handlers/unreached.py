"""Who can not be written to in private is asked, in the group where he spoke, to make it possible.

What he said is not repeated there. Where he spoke in private, staff are asked to see him.
"""

from handlers.assignment import private_to, responsible
from handlers.context import Context
from handlers.messages import Outgoing, Target
from handlers.replies import residents as replies
from handlers.replies import staff as staff_replies
from handlers.sensitivity import asks_to_be_unnamed
from storage.models import OutboxRow, OutgoingClass, Question, Resident

_PRIVATE = "private:"


def call_from_group(row: OutboxRow, context: Context) -> list[Outgoing]:
    """What is said instead of a private message that found no friend: once a ticket and person."""
    if row.ticket is None and row.kind is OutgoingClass.QUESTION:
        return _instead_of_question(row, context)
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


def _instead_of_question(row: OutboxRow, context: Context) -> list[Outgoing]:
    """ "要登记吗?" did not come through: of what was said in the group he is called there."""
    user_id = row.conversation.removeprefix(_PRIVATE)
    resident = context.store.residents.find(row.platform, user_id)
    if resident is None:
        return []
    question = context.store.questions.get_open(row.platform, row.conversation, resident.id)
    if question is None:
        return []
    conversation = question.source_key.removeprefix(f"{row.platform}/").rsplit("/", 1)[0]
    if conversation.startswith(_PRIVATE):
        return _ask_staff_to_see(resident, question, context)
    return [
        Outgoing(
            Target(row.platform, conversation),
            OutgoingClass.REPLY,
            replies.befriend(),
            at_users=(user_id,),
            unit=question.unit,
            slot=f"unreached:{row.slot}",
        )
    ]


def _ask_staff_to_see(resident: Resident, question: Question, context: Context) -> list[Outgoing]:
    """What he said stays unsaid; who wants no name is not named."""
    person = responsible(context.store, question.unit, context.now, context.settings)
    if person is None or asks_to_be_unnamed(question.text):
        return []
    return [
        Outgoing(
            private_to(context.store, person.id),
            OutgoingClass.CARD,
            staff_replies.see_resident(resident.name),
            person=person.id,
            unit=question.unit,
            slot=f"unreached:ask:{question.id}",
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
