"""The ids, each a type of its own."""

from typing import NewType

TicketNumber = NewType("TicketNumber", int)
PersonId = NewType("PersonId", int)
ResidentId = NewType("ResidentId", int)
UnitId = NewType("UnitId", str)
MessageKey = NewType("MessageKey", str)
"""``platform/conversation/message id``: the same for every redelivery of one message."""
