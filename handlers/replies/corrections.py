"""What is said about 改, the correction of a ticket's field or place."""

from handlers.privacy import mask
from storage.models import Field, Ticket

LONGEST_SHOWN = 12


def corrected(ticket: Ticket) -> str:
    where = f"，地点{mask(ticket.place)}" if ticket.place else ""
    return f"✓ #{ticket.number} 改好了：{ticket.field}{where}。"


def correction_wanted(ticket: Ticket) -> str:
    number = ticket.number
    return f"改成什么？比如“{number} 改 领域 水电气暖”或“{number} 改 地点 3号楼2单元”。"


def nothing_to_correct(ticket: Ticket) -> str:
    return f"#{ticket.number} 本来就是这样，不用改。"


def no_such_field(ticket: Ticket, said: str) -> str:
    shown = said.strip()
    known = "、".join(Field)
    asked = f"“{mask(shown)}”不知道算哪一类。" if 0 < len(shown) <= LONGEST_SHOWN else ""
    return f"{asked}#{ticket.number} 的领域可以是：{known}。"


def place_wanted(ticket: Ticket) -> str:
    return f"地点写短一点、说清楚，比如“{ticket.number} 改 地点 3号楼2单元”。"
