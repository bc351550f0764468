"""Quota seats read a second time: whether shares and seats are what the rule says.

Knows nothing of how they were found. Shares are compared by multiplication, not division; seats
by what must hold between any two pupils, not by doing it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from junheng.admissions.verify.lines import Breach, breach
from junheng.kernel.faults import gettext_noop as _


class QuotaProperty(StrEnum):
    """What must hold, in the order in which it is told."""

    SUM = "sum"
    CLAIMS = "claims"
    LEFT_OVER = "left_over"
    EVERYBODY = "everybody"
    SEATS = "seats"
    ENTITLED = "entitled"
    BETTER_CLAIM = "better_claim"
    PASSED_ON = "passed_on"
    RETURNED = "returned"


SENTENCES = {
    QuotaProperty.SUM: _("The shares add up to the seats"),
    QuotaProperty.CLAIMS: _("Every school gets the whole seats of its claim, or one more"),
    QuotaProperty.LEFT_OVER: _("Seats left over went to the largest remainders"),
    QuotaProperty.EVERYBODY: _("Every pupil is accounted for exactly once"),
    QuotaProperty.SEATS: _("No school's pupils have more seats than its share"),
    QuotaProperty.ENTITLED: _(
        "Whoever has a seat is entitled to it, chose it and reaches the line"
    ),
    QuotaProperty.BETTER_CLAIM: _("No pupil was passed over for one with a weaker claim"),
    QuotaProperty.PASSED_ON: _("Unfilled seats went where the rule says, by score"),
    QuotaProperty.RETURNED: _("Every seat is taken, passed on or returned"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A property, and whatever breaks it."""

    name: QuotaProperty
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return not self.breaches


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share as it is published: the claim is `seats × pupils ÷ all pupils`."""

    code: str
    pupils: int
    whole: int
    rest: int
    extra: int
    seats: int


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil as imported, and what the result says.

    `fate` is "own", "others" or anything else; scores are in hundredths, None if missing.
    """

    number: str
    school: str
    score: int | None
    tie: int
    years: int
    choices: Sequence[str]
    fate: str = ""
    senior: str = ""

    def beats(self, other: PupilRow) -> bool:
        """Whether this pupil comes first where both want the same seat."""
        mine, theirs = (self.score or 0, self.tie), (other.score or 0, other.tie)
        return self.number < other.number if mine == theirs else mine > theirs


@dataclass(frozen=True, slots=True)
class SeatRules:
    """The rule of filling: years at the school, lines by senior school, where seats go."""

    years: int
    lines: Mapping[str, int]
    to_others: bool


def check_shares(
    seats: int, pupils: Mapping[str, int], rows: Sequence[ShareRow]
) -> tuple[Held, ...]:
    """Whether rows share these seats out among these schools as the rule says."""
    return (
        Held(QuotaProperty.SUM, tuple(_sums(seats, pupils, rows))),
        Held(QuotaProperty.CLAIMS, tuple(_claims(seats, pupils, rows))),
        Held(QuotaProperty.LEFT_OVER, tuple(_left_over(rows))),
    )


def _sums(seats: int, pupils: Mapping[str, int], rows: Sequence[ShareRow]) -> Iterator[Breach]:
    shared = sum(row.seats for row in rows)
    if shared != seats:
        yield breach(_("%(shared)d seats were shared, not %(seats)d"), shared=shared, seats=seats)
    told = {row.code: row.pupils for row in rows}
    if len(told) != len(rows) or told != dict(pupils):
        yield breach(_("The schools or their pupils are not those of the list"))


def _claims(seats: int, pupils: Mapping[str, int], rows: Sequence[ShareRow]) -> Iterator[Breach]:
    total = max(1, sum(pupils.values()))
    for row in rows:
        stated = row.whole * total + row.rest == seats * row.pupils and 0 <= row.rest < total
        if not stated or row.extra not in (0, 1) or row.seats != row.whole + row.extra:
            yield breach(_("%(code)s: the computation does not add up"), code=row.code)


def _left_over(rows: Sequence[ShareRow]) -> Iterator[Breach]:
    with_one = [row for row in rows if row.extra]
    without = [row for row in rows if not row.extra]
    if not with_one or not without:
        return
    last = max(with_one, key=_behind)
    first = min(without, key=_behind)
    if _behind(first) < _behind(last):
        yield breach(
            _("%(first)s has the better claim to a seat left over than %(last)s"),
            first=first.code,
            last=last.code,
        )


def _behind(row: ShareRow) -> tuple[int, int, str]:
    return -row.rest, -row.pupils, row.code


# ----------------------------------------------------------------------------- who sits where


def check_filling(
    quota: Mapping[tuple[str, str], int],
    wanted: Iterable[str],
    rows: Sequence[PupilRow],
    rules: SeatRules,
    returned: Mapping[str, int],
) -> tuple[Held, ...]:
    """Whether seats were given to pupils as the rule says.

    Args:
        quota: Seats by senior and lower secondary school.
        wanted: Examination numbers of the list that was imported.
        rows: The pupils with what the result says of them.
        rules: The rule.
        returned: Seats by senior school that went back to its open admission.
    """
    own: dict[tuple[str, str], list[PupilRow]] = {}
    others: dict[str, list[PupilRow]] = {}
    for row in rows:
        if row.fate == "own":
            own.setdefault((row.senior, row.school), []).append(row)
        elif row.fate == "others":
            others.setdefault(row.senior, []).append(row)
    left = Counter[str]()
    for (senior, school), seats in quota.items():
        left[senior] += seats - len(own.get((senior, school), ()))
    return (
        Held(QuotaProperty.EVERYBODY, tuple(_everybody(wanted, rows))),
        Held(QuotaProperty.SEATS, tuple(_seats(quota, own))),
        Held(QuotaProperty.ENTITLED, tuple(_entitled(rows, rules))),
        Held(QuotaProperty.BETTER_CLAIM, tuple(_passed_over(quota, own, rows, rules))),
        Held(QuotaProperty.PASSED_ON, tuple(_passed_on(left, others, rows, rules))),
        Held(QuotaProperty.RETURNED, tuple(_returned(left, others, returned))),
    )


def _everybody(wanted: Iterable[str], rows: Sequence[PupilRow]) -> Iterator[Breach]:
    if sorted(wanted) != sorted(row.number for row in rows):
        yield breach(_("The pupils of the result are not those of the list"))


def _seats(
    quota: Mapping[tuple[str, str], int], own: Mapping[tuple[str, str], Sequence[PupilRow]]
) -> Iterator[Breach]:
    for (senior, school), seated in sorted(own.items()):
        if len(seated) > quota.get((senior, school), 0):
            yield breach(
                _("%(school)s has more pupils at %(senior)s than seats"),
                school=school,
                senior=senior,
            )


def _may_have(row: PupilRow, senior: str, rules: SeatRules) -> bool:
    entitled = row.score is not None and row.years >= rules.years
    return entitled and (row.score or 0) >= rules.lines.get(senior, 0)


def _entitled(rows: Sequence[PupilRow], rules: SeatRules) -> Iterator[Breach]:
    for row in rows:
        seated = row.fate in ("own", "others")
        if seated != bool(row.senior) or (
            seated and not (row.senior in row.choices and _may_have(row, row.senior, rules))
        ):
            yield breach(_("%(number)s should not have this seat"), number=row.number)


def _rather(row: PupilRow, *, than_others: bool) -> Iterator[str]:
    """The choices that a pupil would rather have had than what it got."""
    for senior in row.choices:
        if senior == row.senior and (row.fate == "own" or than_others):
            return
        yield senior


def _passed_over(
    quota: Mapping[tuple[str, str], int],
    own: Mapping[tuple[str, str], Sequence[PupilRow]],
    rows: Sequence[PupilRow],
    rules: SeatRules,
) -> Iterator[Breach]:
    for row in rows:
        for senior in _rather(row, than_others=False):
            seats = quota.get((senior, row.school), 0)
            if not seats or not _may_have(row, senior, rules):
                continue
            seated = own.get((senior, row.school), ())
            if len(seated) < seats or any(row.beats(other) for other in seated):
                yield _was_passed_over(row, senior)


def _was_passed_over(row: PupilRow, senior: str) -> Breach:
    return breach(_("%(number)s was passed over at %(senior)s"), number=row.number, senior=senior)


def _passed_on(
    left: Mapping[str, int],
    others: Mapping[str, Sequence[PupilRow]],
    rows: Sequence[PupilRow],
    rules: SeatRules,
) -> Iterator[Breach]:
    for senior, seated in sorted(others.items()):
        if not rules.to_others or len(seated) > left.get(senior, 0):
            yield breach(
                _("%(senior)s: more seats were passed on than the rule allows"), senior=senior
            )
    for row in rows:
        if not rules.to_others or row.fate == "own":
            continue
        for senior in _rather(row, than_others=True):
            if not left.get(senior) or not _may_have(row, senior, rules):
                continue
            seated = others.get(senior, ())
            if len(seated) < left[senior] or any(row.beats(other) for other in seated):
                yield _was_passed_over(row, senior)


def _returned(
    left: Mapping[str, int],
    others: Mapping[str, Sequence[PupilRow]],
    returned: Mapping[str, int],
) -> Iterator[Breach]:
    for senior in sorted(left.keys() | returned.keys()):
        unused = left.get(senior, 0) - len(others.get(senior, ()))
        if returned.get(senior, 0) != unused:
            yield breach(
                _("%(senior)s: %(unused)d seats were not taken, %(returned)d went back"),
                senior=senior,
                unused=unused,
                returned=returned.get(senior, 0),
            )
