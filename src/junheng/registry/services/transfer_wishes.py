"""A wish to change school: what the register says of it, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from junheng.commons.refusals import Refusal
from junheng.kernel.resident_id import NotResidentId, ResidentId
from junheng.kernel.school_year import SchoolYear
from junheng.places.facade import Organisation
from junheng.registry.engine.id_numbers import other_paper
from junheng.registry.engine.transfers import CODES, TransferRules, Wish, judge
from junheng.registry.engine.transfers import Objection as Against
from junheng.registry.models import Pupil, School, SchoolClass, Standing, State
from junheng.registry.services.keys import national_number_key, resident_id_key


class AgainstTheRules(Refusal):
    """Something stands against the transfer; `lines` has all of it, one sentence a clause."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(" ".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Application:
    """What the receiving school writes down.

    Attributes:
        pupil: Whom it is about.
        to: The receiving school.
        ground: Code of the reason, "" within the window.
        paper: What proves it, "" for none.
        school_class: The class that has a seat, None if it is found later.
    """

    pupil: Pupil
    to: Organisation
    ground: str = ""
    paper: str = ""
    school_class: SchoolClass | None = None


def pupil_known_as(number: str, name: str) -> Pupil | None:
    """The pupil of whom somebody outside the scope knows both a whole number and the name.

    Args:
        number: Pupil number, national pupil number or resident ID number.
        name: The name in full.
    """
    plain = number.strip().upper()
    found = Pupil.objects.filter(left_on=None)
    for key in (
        {"number": plain},
        {"national_number_key": national_number_key(plain)},
        {"resident_id_key": resident_id_key(_whole(plain))},
    ):
        if all(key.values()):
            for pupil in found.filter(**key)[:2]:
                if str(pupil.name).strip() == name.strip():
                    return pupil
    return None


def _whole(number: str) -> str:
    """A resident ID number or that of another paper; what is neither is not looked for."""
    if other_paper(number):
        return number
    try:
        return ResidentId.parse(number).number
    except NotResidentId:
        return ""


def require(wish: Wish, rules: TransferRules) -> None:
    """Refuse what the rules do not allow on a day.

    Raises:
        AgainstTheRules: With every clause that stands against it.
    """
    against = judge(wish, rules)
    if against:
        raise AgainstTheRules([sentence(one) for one in against])


def sentence(one: Against) -> str:
    """A clause in words."""
    return _(CODES[one.code]) % one.figures


def wish_of(application: Application, standing: Standing, *, on: date) -> Wish:
    """What the register says of a wanted transfer within the district."""
    return wish_for(
        application.to,
        standing.grade,
        on=on,
        ground=application.ground,
        paper=application.paper,
        studying=standing.state == State.STUDYING,
        same_school=standing.organisation_id == application.to.pk,
    )


def wish_for(
    to: Organisation,
    grade: int,
    *,
    on: date,
    ground: str,
    paper: str,
    studying: bool = True,
    same_school: bool = False,
) -> Wish:
    """What the register says of a grade that somebody wants to come into."""
    year = SchoolYear.of(on)
    teaches = School.objects.current(on).filter(
        organisation=to, lowest_grade__lte=grade, highest_grade__gte=grade
    )
    classes = SchoolClass.objects.filter(organisation=to, school_year=year.start, grade=grade)
    return Wish(
        day=on,
        year_starts_on=year.starts_on,
        grade=grade,
        studying=studying,
        same_school=same_school,
        school=to.name,
        has_grade=teaches.exists(),
        class_sizes=tuple(classes.values_list("size", flat=True)),
        ground=ground,
        paper=paper,
    )
