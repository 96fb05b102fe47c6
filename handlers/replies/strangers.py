"""What is said where nobody knows yet of which unit a resident is."""

from collections.abc import Sequence

from storage.models import Ticket


def ask_unit(example: str) -> str:
    """To who was never met in a group; how to say it comes with the question."""
    return f"您是哪个村或社区的？回村名、社区名或附近的地名就行，比如“{example}”。"


def which_unit(names: Sequence[str]) -> str:
    return f"这个名字有几处，是{'还是'.join(names[:4])}？"


def unit_unknown(ticket: Ticket) -> str:
    """Below the card of who was never met in a group."""
    return f"没说是哪个村的，已经问他了。问清了回“{ticket.number} 转 支部名”。"


def belongs_to(ticket: Ticket, unit: str) -> str:
    """To whom the matter was given before the resident said of which unit he is."""
    return f"#{ticket.number} 居民说是{unit}的，已转过去，您不用办。"


def has_somebody(ticket: Ticket) -> str:
    """To the administrator, who was asked to name somebody; not more of a complaint than that."""
    return f"#{ticket.number} 已经有人办了，不用您定了。"
