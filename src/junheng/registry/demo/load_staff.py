"""Puts the invented county's staff and resources into the database, in masses."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date

from django.db import transaction

from junheng.places.facade import Organisation
from junheng.registry.demo.county import build
from junheng.registry.demo.more_schools import more_schools
from junheng.registry.demo.staff import DemoPost, DemoStaff, resources_of, staff_of
from junheng.registry.demo.values import County
from junheng.registry.models import Honour, Resources, StaffMember, StaffPost, Training
from junheng.registry.models.staff_titles import GivenBy, HonourKind

BATCH = 2_000
TITLES = {
    GivenBy.COUNTY: "\u53bf\u7ea7\u9aa8\u5e72\u6559\u5e08",
    GivenBy.CITY: "\u5e02\u7ea7\u9aa8\u5e72\u6559\u5e08",
    GivenBy.PROVINCE: "\u7701\u7ea7\u9aa8\u5e72\u6559\u5e08",
}
COURSE = "\u8bfe\u7a0b\u6807\u51c6\u57f9\u8bad"
"""A title for each level, and a course, as a bureau would type them."""


def load_staff(county: County, schools: Mapping[str, Organisation]) -> None:
    """Everybody of the round's schools, and what each of these schools has."""
    own = {school.code for school in county.schools}
    load_people(county, schools, of=own)
    since = date(county.year - 1, 9, 1)
    Resources.objects.bulk_create(
        Resources(
            organisation=schools[row.school], level=row.level, valid_from=since, **row.figures
        )
        for row in resources_of(county)
    )


def load_further_staff(seed: str) -> None:
    """Everybody of the schools that came with the register of pupils; once."""
    county = build(seed)
    further = {school.code for school, _plan in more_schools(county)}
    with transaction.atomic():
        if not StaffPost.objects.filter(organisation__code__in=further).exists():
            load_people(county, Organisation.objects.in_bulk(field_name="code"), of=further)


def load_people(county: County, schools: Mapping[str, Organisation], *, of: Set[str]) -> None:
    """Everybody whose latest post is at one of these schools, with posts, titles and courses."""
    told = [each for each in staff_of(county) if each.posts[-1].school in of]
    towns = [school.code for school in county.schools if school.setting == "urban"]
    people = StaffMember.objects.bulk_create(
        (_member(each, schools, towns[n % len(towns)]) for n, each in enumerate(told)),
        batch_size=BATCH,
    )
    rows = [
        _post(person, post, each, schools)
        for person, each in zip(people, told, strict=True)
        for post in each.posts
    ]
    StaffPost.objects.bulk_create(rows, batch_size=BATCH)
    _titles(people, told, county.year)


def _member(each: DemoStaff, schools: Mapping[str, Organisation], town: str) -> StaffMember:
    return StaffMember(
        number=each.number,
        organisation=schools[each.posts[-1].school],
        name=each.name,
        born_on=each.born_on,
        sex=each.sex,
        teaching_since=each.recruited_on,
        qualification=each.qualification,
        recruited_on=each.recruited_on,
        recruited_as=each.employment,
        recruited_for=schools[each.recruited_for or town],
    )


def _post(
    person: StaffMember, post: DemoPost, each: DemoStaff, schools: Mapping[str, Organisation]
) -> StaffPost:
    return StaffPost(
        person=person,
        organisation=schools[post.school],
        level=post.level,
        kind=post.kind,
        employment=each.employment,
        subjects=list(post.subjects),
        class_teacher=post.class_teacher,
        flexible=each.flexible and post.until is None,
        valid_from=post.since,
        valid_to=post.until,
    )


def _titles(people: list[StaffMember], told: list[DemoStaff], year: int) -> None:
    pairs = list(zip(people, told, strict=True))
    Honour.objects.bulk_create(
        (
            Honour(
                person=person,
                kind=HonourKind.BACKBONE,
                given_by=each.backbone,
                title=TITLES[GivenBy(each.backbone)],
                valid_from=date(year - 2, 1, 1),
            )
            for person, each in pairs
            if each.backbone
        ),
        batch_size=BATCH,
    )
    Training.objects.bulk_create(
        (
            Training(
                person=person,
                level=each.course[0],
                title=COURSE,
                year=year - 1,
                hours=each.course[1],
            )
            for person, each in pairs
            if each.course
        ),
        batch_size=BATCH,
    )
