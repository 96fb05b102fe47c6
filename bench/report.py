"""One table of figures with their goals, and a plain sentence about what falls short."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench.storage import Figure


def print_figures(parts: Mapping[str, Sequence[Figure]]) -> None:
    """`parts` by title. Figures without a goal are for information."""
    table = Table("", "measured", "goal")
    for title, figures in parts.items():
        table.add_row(f"[bold]{title}")
        for figure in figures:
            style = "bold red" if figure.falls_short else None
            value = f"{figure.value:,.2f} {figure.unit}".rstrip()
            table.add_row(f"  {figure.name}", value, figure.goal, style=style)
        table.add_section()
    console = Console()
    console.print(table)
    short = [one.name for figures in parts.values() for one in figures if one.falls_short]
    console.print(f"Falls short: {'; '.join(short)}." if short else "Nothing falls short.")
