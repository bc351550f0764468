"""What a chart shows, as plain data: `c-chart` draws it and writes the same figures as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["bar", "stacked", "histogram", "line"]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, as long as the chart's categories; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tinted stretch of categories, such as the sizes above the cap."""

    start: str
    end: str
    label: str
    tone: str = "danger"


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures over categories.

    Args:
        kind: Bars side by side, bars stacked, bars without gaps, or lines.
        categories: Names along the x axis; for a histogram the bins, in order.
        series: The rows of figures, each as long as `categories`.
        x_name: What the categories are, for the axis and the head of the table.
        y_name: What is counted, with its unit.
        marks: Stretches to tint.

    Raises:
        ValueError: If a series has more or fewer figures than there are categories.
    """

    kind: Kind
    categories: Sequence[str]
    series: Sequence[Series]
    x_name: str = ""
    y_name: str = ""
    marks: Sequence[Mark] = ()

    def __post_init__(self) -> None:
        for row in self.series:
            if len(row.values) != len(self.categories):
                raise ValueError(
                    f"{row.name}: {len(row.values)} figures for {len(self.categories)} categories"
                )

    @property
    def as_data(self) -> dict[str, Any]:
        """Plain data for the page's script."""
        whole = all(v is None or float(v).is_integer() for row in self.series for v in row.values)
        return {**asdict(self), "whole": whole}

    @property
    def rows(self) -> Iterator[tuple[str, list[float | None]]]:
        """The same figures row by row, for the table."""
        for place, category in enumerate(self.categories):
            yield category, [row.values[place] for row in self.series]

    @property
    def is_empty(self) -> bool:
        return not any(value for row in self.series for value in row.values)
