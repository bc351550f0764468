"""What the tables of the yearly return consist of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from junheng.registry.web.days import query_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure as it is printed.

    Attributes:
        value: A whole number, or text where it is a share, an amount or a dash.
        href: Page of the rows that it counts.
        note: What has to be known of it, in small type.
    """

    value: int | str
    href: str = ""
    note: str = ""

    @property
    def whole(self) -> bool:
        return isinstance(self.value, int)


Line = tuple[str, tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """A part of the return.

    Attributes:
        first: Header of the column that names each line.
        headers: Of the figures.
        note: How they are counted, where it has to be said.
        empty: What is said when there is no line.
        wide: How many of the page's twelve columns it takes.
    """

    title: str
    first: str
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    note: str = ""
    empty: str = ""
    wide: int = 12


def to(view: str, day: date, **conditions: object) -> str:
    """Where the rows of a figure of a day are."""
    return f"{reverse(f'registry:{view}')}?{query_of(day, **conditions)}"
