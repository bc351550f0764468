"""Who has to go to the country, who serves there, and who may come back, as the rules say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from junheng.accounts.facade import User
from junheng.registry.engine.rotation import Duty, RotationRules, Stretch, Turn, duty_of
from junheng.registry.models import School, StaffMember, StaffPost
from junheng.registry.models.staff import PostKind

VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class RotationRow:
    """Somebody of whom the rules ask something.

    Attributes:
        person: Their entry; the name is opened when it is asked for, and pages mask it.
        recruited_setting: Setting of the school that they were recruited for.
    """

    pk: int
    number: str
    person: StaffMember
    school: str
    school_code: str
    school_path: str
    setting: str
    recruited_on: date
    recruited_setting: str
    duty: Duty

    @property
    def name(self) -> str:
        """In the clear."""
        return str(self.person.name)

    @property
    def turn(self) -> Turn:
        return self.duty.turn

    @property
    def due_on(self) -> date | None:
        return self.duty.due_on


def rotation_of(user: User, *, on: date, rules: RotationRules) -> list[RotationRow]:
    """Everybody whom somebody sees and of whom the rules ask something, the earliest day first.

    Three queries, whatever the number of people.
    """
    settings = _settings()
    service = _service(user, settings)
    rows = []
    people = StaffMember.objects.for_user(user).filter(recruited_on__gte=rules.since)
    for person in people.select_related("organisation"):
        recruited = settings.get(person.recruited_for_id, VILLAGE)
        duty = duty_of(
            person.recruited_on, recruited, service.get(person.pk, []), on=on, rules=rules
        )
        if duty.turn is not Turn.FREE:
            rows.append(_row(person, settings, recruited, duty))
    return sorted(rows, key=lambda row: (row.due_on or date.max, row.number))


def _row(
    person: StaffMember, settings: Mapping[int, str], recruited: str, duty: Duty
) -> RotationRow:
    school = person.organisation
    return RotationRow(
        pk=person.pk,
        number=person.number,
        person=person,
        school=school.name,
        school_code=school.code,
        school_path=school.path,
        setting=settings.get(school.pk, VILLAGE),
        recruited_on=person.recruited_on,
        recruited_setting=recruited,
        duty=duty,
    )


def _settings() -> dict[int, str]:
    """Where every school stands, by its latest facts; a school that moved is where it is now."""
    rows = School.objects.order_by("valid_from").values_list("organisation_id", "setting")
    return dict(rows)


def _service(user: User, settings: Mapping[int, str]) -> dict[int, list[Stretch]]:
    """Stretches of teaching by person; other schools' posts of the same people count as well."""
    seen = StaffMember.objects.for_user(user)
    posts = StaffPost.objects.filter(kind=PostKind.TEACHER, person__in=seen).order_by("valid_from")
    columns = ("person_id", "organisation_id", "valid_from", "valid_to")
    found: dict[int, list[Stretch]] = {}
    for person, school, start, end in posts.values_list(*columns):
        stretch = Stretch(settings.get(school, VILLAGE), start, end)
        found.setdefault(person, []).append(stretch)
    return found
