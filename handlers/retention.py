"""What is kept how long: each night the texts of matters that ended long ago are taken out."""

from datetime import timedelta

from handlers.context import Context
from handlers.messages import Outgoing

MOST_TICKETS = 2_000
MOST_ROWS = 20_000
"""In one night, so that the first one after years holds nobody up."""


def clean_up(context: Context) -> list[Outgoing]:
    """Take out what is past its time (settings.retention); nothing is said."""
    keep, erasure = context.settings.retention, context.store.erasure
    if keep.closed is not None:
        past = erasure.list_past(context.now - keep.closed, MOST_TICKETS)
        for number in past:
            erasure.blank_ticket(number)
            context.store.search.remove(number)
        if past:
            erasure.blank_past_names()
    if keep.outbox is not None:
        erasure.remove_past_outbox(context.now - _least(keep.outbox), MOST_ROWS)
    if keep.records is not None:
        erasure.remove_past_records(context.now - _least(keep.records))
    return []


def _least(length: timedelta) -> timedelta:
    """What is younger than a month is still asked for: by quotes of cards, by redeliveries."""
    return max(length, timedelta(days=30))
