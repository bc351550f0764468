"""The plan of a round by township: what schools offer, against the children expected there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from junheng.accounts.facade import Visitor
from junheng.admissions.models import PlannedIntake, Round
from junheng.admissions.selectors.rounds import demand_of


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A school of the plan; `expected` is None where no list is loaded.

    `by_lottery` schools take whoever names them by ticket alone; private schools do so by law.
    """

    code: str
    label: str
    township: str
    classes: int
    class_size: int
    class_cap: int
    continuing: int
    reserved: int
    seats: int
    expected: int | None
    by_lottery: bool = False

    @property
    def capped(self) -> bool:
        """Whether a class is planned larger than the rules allow; seats follow the cap."""
        return self.class_size > self.class_cap

    @property
    def short(self) -> int:
        """By how many seats the school is short of its expected children."""
        return max(0, (self.expected or 0) - self.seats)


@dataclass(frozen=True, slots=True)
class Township:
    """A township of the plan with its totals."""

    name: str
    rows: Sequence[PlanRow]

    @property
    def classes(self) -> int:
        return sum(row.classes for row in self.rows)

    @property
    def seats(self) -> int:
        return sum(row.seats for row in self.rows)

    @property
    def expected(self) -> int | None:
        counts = [row.expected for row in self.rows]
        return None if None in counts else sum(filter(None, counts))

    @property
    def short(self) -> int:
        """By how many seats the township as a whole is short."""
        return max(0, (self.expected or 0) - self.seats)


def plan_of(the_round: Round, user: Visitor) -> list[Township]:
    """The visible part of a plan, townships by name and schools by code."""
    wanted = {row.code: row.wanted for row in demand_of(the_round, user)}
    rows = PlannedIntake.objects.for_user(user).filter(round=the_round)
    columns = (
        *("code", "name", "township", "classes", "class_size", "class_cap"),
        *("continuing", "reserved", "seats"),
    )
    found: dict[str, list[PlanRow]] = {}
    named = the_round.rules.get("by_lottery", ())
    for row in rows.order_by("township", "code").values(*columns):
        expected = wanted.get(row["code"], 0) if the_round.input_id else None
        label, by_lottery = row.pop("name") or row["code"], row["code"] in named
        found.setdefault(row["township"], []).append(
            PlanRow(label=label, expected=expected, by_lottery=by_lottery, **row)
        )
    return [Township(name, schools) for name, schools in found.items()]
