"""Whether a transfer may be applied for: the window, the reasons outside it, the size of grades.

A pure function of facts and of rules as data (REG-4); it says every clause that stands against
a transfer and not only the first, so that a family hears once what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from junheng.kernel.faults import gettext_noop
from junheng.registry.engine.cap import CLASS_CAP

LARGE_GRADE = gettext_noop(
    "Grade %(grade)d of %(school)s has a class of %(size)d: at no time can anybody come into a "
    "grade with a class above %(cap)d."
)
CODES = {
    "large_grade": LARGE_GRADE,
    "no_seat": gettext_noop(
        "Grade %(grade)d of %(school)s has no free seat: its largest classes have %(size)d of "
        "%(cap)d."
    ),
    "outside_window": gettext_noop(
        "Transfers are made from %(opens)s to %(closes)s. On %(day)s only these reasons count: "
        "%(reasons)s."
    ),
    "same_school": gettext_noop("The pupil is at %(school)s already."),
    "not_studying": gettext_noop("Only a pupil who studies can be transferred."),
    "no_such_grade": gettext_noop("%(school)s has no grade %(grade)d."),
    "paper_missing": gettext_noop("For this reason a paper is needed: %(paper)s."),
}
"""The sentence of each code; figures come with the objection."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that counts outside the window.

    Attributes:
        code: Its key, such as "home_moved".
        name: What people call it.
        paper: The paper it needs, in words.
        clause: Document and clause it rests on.
        registers: Keys of other departments' registers that know of it.
    """

    code: str
    name: str
    paper: str
    clause: str
    registers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransferRules:
    """The rules of a county for transfers, a version of data.

    Attributes:
        window_days: Days from the first day of the school year, which counts; 30 by REG-4.
        grounds: What counts outside it.
        version: Names the version in decisions.
        document: What they rest on, in words.
    """

    version: str
    document: str
    window_days: int
    grounds: tuple[Ground, ...]

    def window(self, starts_on: date) -> tuple[date, date]:
        """First and last day on which any reason counts, both included."""
        return starts_on, starts_on + timedelta(days=self.window_days - 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a wanted transfer on a day.

    Attributes:
        day: The day of the application.
        year_starts_on: First day of the school year.
        grade: Of the pupil, 1 to 9.
        studying: Whether the pupil's record says so.
        same_school: Whether the pupil is there already.
        school: Name of the receiving school, for the sentences.
        has_grade: Whether it teaches this grade.
        class_sizes: Of that grade there, pupils; empty where no class is known.
        ground: Code of the reason, "" for none.
        paper: What is named as its paper, "" for none.
    """

    day: date
    year_starts_on: date
    grade: int
    studying: bool
    same_school: bool
    school: str
    has_grade: bool
    class_sizes: tuple[int, ...]
    ground: str
    paper: str


@dataclass(frozen=True, slots=True)
class Objection:
    """One clause that stands against it: a code of `CODES`, and its figures."""

    code: str
    figures: dict[str, object]


def judge(wish: Wish, rules: TransferRules) -> tuple[Objection, ...]:
    """Everything that stands against a transfer; empty if nothing does.

    Source: REG-4; the grounds are data, read from the county's own rules.
    """
    return (*_of_the_pupil(wish), *_of_the_seats(wish), *_of_the_time(wish, rules))


def _of_the_pupil(wish: Wish) -> Sequence[Objection]:
    found = []
    if not wish.studying:
        found.append(Objection("not_studying", {}))
    if wish.same_school:
        found.append(Objection("same_school", {"school": wish.school}))
    return found


def _of_the_seats(wish: Wish) -> Sequence[Objection]:
    figures: dict[str, object] = {"school": wish.school, "grade": wish.grade}
    if not wish.has_grade:
        return [Objection("no_such_grade", figures)]
    if not wish.class_sizes:
        return []
    figures |= {"size": max(wish.class_sizes), "cap": CLASS_CAP}
    if max(wish.class_sizes) > CLASS_CAP:
        return [Objection("large_grade", figures)]
    return [Objection("no_seat", figures)] if min(wish.class_sizes) >= CLASS_CAP else []


def _of_the_time(wish: Wish, rules: TransferRules) -> Sequence[Objection]:
    opens, closes = rules.window(wish.year_starts_on)
    if opens <= wish.day <= closes:
        return []
    ground = next((one for one in rules.grounds if one.code == wish.ground), None)
    if ground is None:
        reasons = "; ".join(one.name for one in rules.grounds)
        figures = {"opens": opens, "closes": closes, "day": wish.day, "reasons": reasons}
        return [Objection("outside_window", figures)]
    return [] if wish.paper.strip() else [Objection("paper_missing", {"paper": ground.paper})]
