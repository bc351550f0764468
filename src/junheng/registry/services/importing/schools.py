"""Schools and what is true of them from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext

from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.levels import Level
from junheng.places.facade import Organisation, OrganisationKind, Place, path_of
from junheng.registry.models import Ownership, School, ZoneSchool
from junheng.registry.models.schools import LAST_PRIMARY
from junheng.registry.services.importing.rows import (
    Batch,
    ChangedSince,
    Done,
    Outcome,
    Values,
)

SPAN: dict[str, tuple[int, int]] = {
    OrganisationKind.PRIMARY: (1, 6),
    OrganisationKind.TEACHING_POINT: (1, 6),
    OrganisationKind.LOWER_SECONDARY: (7, 9),
}
"""The grades of a kind, where a row does not name them."""
FACTS = ("setting", "ownership", "lowest_grade", "highest_grade", "entry_classes", "class_size")
BODY = ("name", "kind", "lon", "lat")


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    places = _places(batch)
    schools = _schools(batch)
    facts, zoned = _facts(batch), _zoned(batch)
    first: dict[tuple[str, bool], int] = {}
    faults: list[Fault] = []
    for row, values in batch:
        wrong = (
            _place_fault(batch, row, values, places, schools)
            or _grade_fault(batch, row, values)
            or _repeated(batch, row, values, first)
            or _date_fault(batch, row, values, facts)
            or _zone_fault(batch, row, values, zoned)
        )
        faults += [wrong] if wrong else []
    return faults


def _place_fault(
    batch: Batch,
    row: int,
    values: Values,
    places: Mapping[str, Place],
    schools: Mapping[str, Organisation],
) -> Fault | None:
    place = places.get(values["place_code"])
    if place is None:
        return batch.fault(
            row,
            "place_code",
            _("There is no place %(code)s in your area."),
            _("Correct the code, or load the places first."),
            code=values["place_code"],
        )
    if (values["lon"] is None) != (values["lat"] is None):
        return batch.fault(row, "lat", _("Longitude and latitude belong together."))
    known = schools.get(values["code"])
    if known is not None and not known.path.startswith(batch.path):
        return batch.fault(
            row,
            "code",
            _("The code %(code)s belongs to an organisation outside your area."),
            code=values["code"],
        )
    if known is not None and known.place_id != place.pk:
        return batch.fault(
            row,
            "place_code",
            _("%(school)s stands in %(place)s; a school is not moved by an import."),
            _("Write the code of that place."),
            school=known.name,
            place=known.place.code,
        )
    return None


def _grade_fault(batch: Batch, row: int, values: Values) -> Fault | None:
    lowest, highest = span_of(values)
    if lowest is None or highest is None:
        return batch.fault(
            row,
            "lowest_grade",
            _("Such a school needs its grades: one row for 1 to 6, one for 7 to 9."),
        )
    if not 1 <= lowest <= highest:
        return batch.fault(row, "highest_grade", _("The highest grade lies below the lowest."))
    if lowest <= LAST_PRIMARY < highest:
        return batch.fault(
            row,
            "highest_grade",
            _("Primary and lower secondary grades do not stand in one row."),
            _("Write a row for grades 1 to 6 and another for 7 to 9."),
        )
    return None


def _repeated(
    batch: Batch, row: int, values: Values, first: dict[tuple[str, bool], int]
) -> Fault | None:
    key = (values["code"], _is_primary(values))
    if (earlier := first.setdefault(key, row)) == row:
        return None
    return batch.fault(
        row,
        "code",
        _("This school stands in row %(earlier)s already."),
        _("Delete one of the two rows, or correct it."),
        earlier=earlier,
    )


def _date_fault(
    batch: Batch, row: int, values: Values, facts: Mapping[tuple[str, bool], School]
) -> Fault | None:
    known = facts.get((values["code"], _is_primary(values)))
    since = valid_from(batch, values)
    if known is None or known.valid_from is None or known.valid_from <= since:
        return None
    return batch.fault(
        row,
        "valid_from",
        _("What is known of this school holds from %(since)s; a change begins then or later."),
        since=known.valid_from.isoformat(),
    )


def _zone_fault(batch: Batch, row: int, values: Values, zoned: Zoned) -> Fault | None:
    zone = zoned.get((values["code"], _is_primary(values)))
    if zone is None or values["ownership"] != Ownership.PRIVATE:
        return None
    return batch.fault(
        row,
        "ownership",
        _("%(code)s belongs to the zone %(zone)s; a private school has no zone."),
        _("Take the school out of its zones first, or write that it is public."),
        code=values["code"],
        zone=zone,
    )


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    with transaction.atomic():
        places, schools, facts = _places(batch), _schools(batch), _facts(batch, lock=True)
        done: list[Done] = []
        added = changed = 0
        for _row, values in batch:
            known = facts.get((values["code"], _is_primary(values)))
            body = _body(values, places, schools)
            version = _version(batch, values, schools[values["code"]], known)
            if body or version:
                done.append({"code": values["code"], "body": body, "version": version})
                added += known is None
                changed += known is not None
    return Outcome(added, changed, len(batch.rows) - added - changed, tuple(done))


def _body(
    values: Values, places: Mapping[str, Place], schools: dict[str, Organisation]
) -> dict[str, Any] | None:
    """Make the organisation, or bring it up to date; what changed, or None."""
    wanted = {"name": values["name"], "kind": values["kind"]}
    wanted |= {axis: float(values[axis]) for axis in ("lon", "lat") if values[axis] is not None}
    known = schools.get(values["code"])
    if known is None:
        place = places[values["place_code"]]
        path = path_of(place.path, f"@{values['code']}")
        known = Organisation(code=values["code"], place=place, path=path, **wanted)
        known.save()
        schools[known.code] = known
        return {"before": None, "after": _as_data(known, BODY)}
    before = _as_data(known, BODY)
    for name, value in wanted.items():
        setattr(known, name, value)
    after = _as_data(known, BODY)
    if before == after:
        return None
    known.save()
    return {"before": before, "after": after}


def _version(
    batch: Batch, values: Values, school: Organisation, known: School | None
) -> dict[str, Any] | None:
    """Begin a new version of the facts, or correct the one that begins on the same day."""
    since = valid_from(batch, values)
    wanted = _facts_of(values, known)
    if known is not None and _as_data(known, FACTS) == wanted:
        return None
    if known is not None and known.valid_from == since:
        before = _as_data(known, FACTS)
        _set(known, wanted)
        return {"made": None, "ended": None, "of": known.pk, "before": before, "after": wanted}
    if known is not None:
        known.valid_to = since
        known.save(update_fields=["valid_to"])
    made = School(organisation=school, valid_from=since, **wanted)
    made.save()
    return {"made": made.pk, "ended": known.pk if known else None, "after": wanted}


def undo(done: Iterable[Done]) -> None:
    """Put every school back as it was, and remove those that were not there.

    Raises:
        ChangedSince: If one of them was changed again, or is used; then nothing is undone.
    """
    with transaction.atomic():
        for entry in reversed(list(done)):
            school = Organisation.objects.select_for_update(of=("self",)).get(code=entry["code"])
            _undo_version(school, entry["version"])
            _undo_body(school, entry["body"])


def _undo_version(school: Organisation, version: Mapping[str, Any] | None) -> None:
    if version is None:
        return
    row = School.objects.filter(pk=version["made"] or version["of"], valid_to=None).first()
    if row is None or _as_data(row, version["after"]) != version["after"]:
        raise _changed(school)
    if version["made"] is None:
        _set(row, version["before"])
        return
    row.delete()
    if version["ended"]:
        ended = School.objects.get(pk=version["ended"])
        ended.valid_to = None
        ended.save(update_fields=["valid_to"])


def _undo_body(school: Organisation, body: Mapping[str, Any] | None) -> None:
    if body is None:
        return
    if _as_data(school, BODY) != body["after"]:
        raise _changed(school)
    if body["before"] is not None:
        _set(school, body["before"])
        return
    try:
        school.delete()
    except ProtectedError:
        raise _changed(school) from None


def _changed(school: Organisation) -> ChangedSince:
    return ChangedSince(
        gettext("%(school)s was changed or used since; take that back first.")
        % {"school": school.name}
    )


def _set(row: Organisation | School, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def _as_data(row: Organisation | School, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: str(v) if isinstance(v, str) else v for name, v in values.items()}


def _facts_of(values: Values, known: School | None) -> dict[str, Any]:
    lowest, highest = span_of(values)
    stands = known.ownership if known else Ownership.PUBLIC
    return {
        "setting": str(values["setting"]),
        "ownership": str(values["ownership"] or stands),
        "lowest_grade": lowest,
        "highest_grade": highest,
        "entry_classes": values["entry_classes"],
        "class_size": values["class_size"],
    }


def span_of(values: Values) -> tuple[int | None, int | None]:
    """The grades of a row, as usual for the kind where it names none."""
    usual = SPAN.get(values["kind"], (None, None))
    return values["lowest_grade"] or usual[0], values["highest_grade"] or usual[1]


def valid_from(batch: Batch, values: Values) -> date:
    """From which day a row holds, today where it names none."""
    day: date = values["valid_from"] or batch.today
    return day


def _is_primary(values: Values) -> bool:
    return (span_of(values)[0] or 1) <= LAST_PRIMARY


Zoned = Mapping[tuple[str, bool], str]
"""A zone that holds now, by code of a school and whether it is of primary level."""


def _zoned(batch: Batch) -> Zoned:
    rows = ZoneSchool.objects.filter(
        organisation__code__in=batch.said("code"), zone__valid_to=None
    ).values_list("organisation__code", "zone__level", "zone__code")
    return {(school, level == Level.PRIMARY): zone for school, level, zone in rows}


def _places(batch: Batch) -> dict[str, Place]:
    wanted = Place.objects.filter(code__in=batch.said("place_code"))
    return {place.code: place for place in wanted.filter(path__startswith=batch.path)}


def _schools(batch: Batch) -> dict[str, Organisation]:
    found = Organisation.objects.filter(code__in=batch.said("code")).select_related("place")
    return {school.code: school for school in found.defer("place__outline")}


def _facts(batch: Batch, *, lock: bool = False) -> dict[tuple[str, bool], School]:
    """The open version of every school and level of the batch."""
    rows = School.objects.filter(valid_to=None, organisation__code__in=batch.said("code"))
    rows = rows.select_related("organisation")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return {(row.organisation.code, row.lowest_grade <= LAST_PRIMARY): row for row in rows}
