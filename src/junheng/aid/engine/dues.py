"""What is due: the rows from which a payment batch is drafted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """What somebody is to be paid for one policy and one counting day.

    Attributes:
        subject: UUID as text, of a pupil or of somebody outside grades 1 to 9.
        policy: Its code.
        for_day: The counting day.
        fen: How much, in fen; at least 1.
        path: Of the school, or of the county where there is none.
    """

    subject: str
    policy: str
    for_day: date
    fen: int
    path: str

    def __post_init__(self) -> None:
        if self.fen < 1:
            raise ValueError("nothing is due below one fen")


def half_year_of(day: date) -> str:
    """The half-year whose budget a counting day belongs to, such as "2026-2" from July on.

    Args:
        day: The counting day.

    Source:
        The budget year of public money is the calendar year (Budget Law, art. 18).
    """
    return f"{day.year}-{1 if day.month <= 6 else 2}"
