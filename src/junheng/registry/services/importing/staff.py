"""Staff from a table: one row is a person with the latest post; a new post ends the one before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from junheng.commons.sealing import blind_index
from junheng.kernel.faults import Fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Organisation
from junheng.registry.models import StaffMember, StaffPost
from junheng.registry.models.staff import OF_STAFF
from junheng.registry.services.importing.rows import Batch, ChangedSince, Done, Outcome, Values
from junheng.registry.services.importing.staff_columns import COLUMNS, subjects_of

__all__ = ["COLUMNS", "apply", "judge", "key_of_staff", "undo"]
SAME_POST = ("level", "kind", "employment", "subjects", "class_teacher", "flexible")


def key_of_staff(person: StaffMember) -> str:
    """The blind index of somebody's number; "" where there is none."""
    return blind_index(str(person.resident_id), OF_STAFF) if person.resident_id else ""


def judge(batch: Batch) -> list[Fault]:
    """What is wrong with the rows, beside what the columns tell by themselves."""
    known, faults, seen = _Known(batch), list[Fault](), dict[str, int]()
    for row, values in batch:
        faults += _school_faults(batch, row, values, known)
        faults += _person_faults(batch, row, values, known, seen)
        faults += _date_faults(batch, row, values, known)
    return faults


def _school_faults(batch: Batch, row: int, values: Values, known: _Known) -> list[Fault]:
    return [
        batch.fault(
            row, column, _("There is no school %(code)s in your area."), code=values[column]
        )
        for column in ("school_code", "recruited_for")
        if values.get(column) and values[column] not in known.schools
    ]


def _person_faults(
    batch: Batch, row: int, values: Values, known: _Known, seen: dict[str, int]
) -> list[Fault]:
    key, person = _key(values), known.people.get(values["number"])
    if values["number"] in known.elsewhere:
        message = _("The staff number %(number)s is in use in another area.")
        return [batch.fault(row, "number", message, number=values["number"])]
    if person is not None and not _same_person(person, values, key):
        message = _("The staff number %(number)s is somebody else's in the register.")
        fix = _("Correct the number, the name or the resident ID number.")
        return [batch.fault(row, "number", message, fix, number=values["number"])]
    if not key:
        return []
    if (earlier := seen.setdefault(key, row)) != row:
        message = _("Row %(earlier)s has this resident ID number already.")
        return [batch.fault(row, "resident_id", message, earlier=earlier)]
    if known.numbers.get(key, values["number"]) != values["number"]:
        message = _("This resident ID number is in the register under another number.")
        return [batch.fault(row, "resident_id", message)]
    return []


def _same_person(person: StaffMember, values: Values, key: str) -> bool:
    sealed = person.resident_id_key
    return str(person.name) == values["name"] and (not key or not sealed or key == sealed)


def _date_faults(batch: Batch, row: int, values: Values, known: _Known) -> list[Fault]:
    start, end, born = _start(batch, values), values.get("valid_to"), _born_on(values)
    found: list[Fault] = []
    if values["number"] in known.elsewhere:
        return found
    if end and end <= start:
        found.append(batch.fault(row, "valid_to", _("The post would end before it begins.")))
    if born and born >= values["recruited_on"]:
        found.append(batch.fault(row, "recruited_on", _("That is before the birthday.")))
    since = values.get("teaching_since")
    if born and since and born >= since:
        found.append(batch.fault(row, "teaching_since", _("That is before the birthday.")))
    for post in known.posts.get(values["number"], ()):
        if not _is_said(post, values, known, start) and start <= post.valid_from:
            message = _("A post since %(day)s is in the register, which is not before this one.")
            found.append(batch.fault(row, "valid_from", message, day=post.valid_from.isoformat()))
    return found


def apply(batch: Batch) -> Outcome:
    """Take the rows over; they have been judged without a fault."""
    with transaction.atomic():
        known = _Known(batch, lock=True)
        fresh = [_person(v, known) for _row, v in batch if v["number"] not in known.people]
        StaffMember.objects.bulk_create(fresh, batch_size=1_000)
        new = {person.number for person in fresh}
        known.people |= {person.number: person for person in fresh}
        done, posts, ending = list[Done](), list[StaffPost](), list[StaffPost]()
        for _row, values in batch:
            _one_row(batch, values, known, done, posts, ending)
        StaffPost.objects.bulk_update(ending, ["valid_to"], batch_size=500)
        StaffPost.objects.bulk_create(posts, batch_size=1_000)
        for entry in done:
            post: StaffPost = entry["post"]
            entry |= {"post": post.pk, "until": str(post.valid_to) if post.valid_to else None}
            entry["new"] = entry["new"] in new
    added = sum(entry["new"] for entry in done)
    return Outcome(added, len(done) - added, len(batch.rows) - len(done), tuple(done))


def _one_row(
    batch: Batch,
    values: Values,
    known: _Known,
    done: list[Done],
    posts: list[StaffPost],
    ending: list[StaffPost],
) -> None:
    """What a row changes: nothing, the end of a known post, or a new post."""
    start, end = _start(batch, values), values.get("valid_to")
    person = known.people[values["number"]]
    running = list(known.posts.get(values["number"], ()))
    entry = {"person": person.pk, "new": person.number, "ended": [], "made": False}
    said = next((post for post in running if _is_said(post, values, known, start)), None)
    if said is not None:
        if end is None:
            return
        _end([said], end, entry, ending)
    else:
        _end(running, start, entry, ending)
        said = _post(person, values, known, start)
        posts.append(said)
        entry["made"] = True
    done.append(entry | {"post": said})


def _end(running: list[StaffPost], day: date, entry: Done, ending: list[StaffPost]) -> None:
    for post in running:
        post.valid_to = day
        ending.append(post)
        entry["ended"].append([post.pk, day.isoformat()])


def _person(values: Values, known: _Known) -> StaffMember:
    school = known.schools[values["school_code"]]
    told = values.get("resident_id")
    number = ResidentId.parse(told) if told else None
    return StaffMember(
        number=values["number"],
        organisation=school,
        name=values["name"],
        resident_id=number.number if number else None,
        resident_id_key=_key(values),
        born_on=_born_on(values),
        sex=values.get("sex") or (number.sex.value if number else ""),
        teaching_since=values.get("teaching_since"),
        qualification=values.get("qualification") or "",
        recruited_on=values["recruited_on"],
        recruited_as=values["recruited_as"],
        recruited_for=known.schools.get(values.get("recruited_for") or "", school),
    )


def _post(person: StaffMember, values: Values, known: _Known, start: date) -> StaffPost:
    return StaffPost(
        person=person,
        organisation=known.schools[values["school_code"]],
        valid_from=start,
        valid_to=values.get("valid_to"),
        **_facts(values),
    )


def _facts(values: Values) -> dict[str, Any]:
    facts = {name: values.get(name) for name in SAME_POST}
    facts["subjects"] = subjects_of(values.get("subjects"))
    return facts | {name: bool(facts[name]) for name in ("class_teacher", "flexible")}


def _is_said(post: StaffPost, values: Values, known: _Known, start: date) -> bool:
    """Whether a row says what is known of a running post."""
    school = known.schools.get(values["school_code"])
    same = all(getattr(post, name) == fact for name, fact in _facts(values).items())
    begun = values.get("valid_from") is None or start == post.valid_from
    return school is not None and post.organisation_id == school.pk and same and begun


def _start(batch: Batch, values: Values) -> date:
    day: date = values.get("valid_from") or batch.today
    return day


def _born_on(values: Values) -> date | None:
    told: date | None = values.get("born_on")
    number = values.get("resident_id")
    return told or (ResidentId.parse(number).birth_date if number else None)


def _key(values: Values) -> str:
    number = values.get("resident_id")
    return blind_index(ResidentId.parse(number).number, OF_STAFF) if number else ""


def undo(done: Iterable[Done]) -> None:
    """Take back the posts and the people that came with a table, and open what it had ended.

    Raises:
        ChangedSince: If somebody has another post, a title or a course since; nothing is undone.
    """
    with transaction.atomic():
        for entry in reversed(list(done)):
            _take_back(entry)


def _take_back(entry: Done) -> None:
    person = StaffMember.objects.select_for_update().filter(pk=entry["person"]).first()
    latest = StaffPost.objects.filter(person=person).order_by("-valid_from").first()
    ended = StaffPost.objects.filter(pk__in=[pk for pk, _day in entry["ended"]])
    days = {pk: date.fromisoformat(day) for pk, day in entry["ended"]}
    kept = {post.pk: post.valid_to for post in ended} == days
    if person is None or latest is None or latest.pk != entry["post"] or not kept:
        raise _changed(person)
    if entry["until"] != (str(latest.valid_to) if latest.valid_to else None):
        raise _changed(person)
    if entry["made"]:
        latest.delete()
    ended.update(valid_to=None)
    if entry["new"]:
        if person.honours.exists() or person.trainings.exists() or person.staff_posts.exists():
            raise _changed(person)
        person.delete()


def _changed(person: StaffMember | None) -> ChangedSince:
    number = person.number if person else "–"
    return ChangedSince(gettext("The entry of %(number)s was changed since.") % {"number": number})


class _Known:
    """What the register knows about the people and schools of a batch."""

    def __init__(self, batch: Batch, *, lock: bool = False) -> None:
        codes = batch.said("school_code") | batch.said("recruited_for")
        inside = Organisation.objects.filter(code__in=codes, path__startswith=batch.path)
        self.schools = {school.code: school for school in inside}
        people = StaffMember.objects.filter(number__in=batch.said("number"))
        people = people.select_related("organisation")
        people = people.select_for_update(of=("self",)) if lock else people
        everybody = {person.number: person for person in people}
        inside_path = batch.path
        self.elsewhere = {
            n for n, p in everybody.items() if not p.organisation.path.startswith(inside_path)
        }
        self.people = everybody
        keys = {key for _row, values in batch if (key := _key(values))}
        known = StaffMember.objects.filter(resident_id_key__in=keys)
        self.numbers = dict(known.values_list("resident_id_key", "number"))
        self.posts: dict[str, list[StaffPost]] = {}
        running = StaffPost.objects.filter(person__in=everybody.values(), valid_to=None)
        for post in running.select_related("person"):
            self.posts.setdefault(post.person.number, []).append(post)
