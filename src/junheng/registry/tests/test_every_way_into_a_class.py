"""Every way into a full class ends at the same wall, and says so in a sentence.

The draw of classes, the turn of the year and the imports have theirs in `test_class_assignments`,
`test_roll_overs`, `test_imports` and `test_pupil_imports`; that of fifty at once as many get in as
there are seats, in `test_movements`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.kernel.school_year import SchoolYear
from junheng.registry import facade
from junheng.registry.models import Movement, Pupil, SchoolClass, Standing, State
from junheng.registry.services import movements, transfers
from junheng.registry.services.movement_checks import Deed
from junheng.registry.services.transfer_wishes import AgainstTheRules, Application
from junheng.registry.tests import builders

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = SchoolYear.of(TODAY)
CAP = "55"


@pytest.fixture
def full() -> SchoolClass:
    """Grade 3 class 1 with 55 pupils, and its school with no other class in that grade."""
    cache.clear()
    builders.facts(entry_classes=1)
    row = builders.a_class(size=0, school_year=YEAR.start, by_register=True)
    builders.pupils(55, row, entered_on=YEAR.starts_on)
    return row


def beside(full: SchoolClass) -> Pupil:
    """A pupil of another class of the grade."""
    other = builders.a_class(size=0, number=2, school_year=YEAR.start)
    return builders.a_pupil(other, entered_on=YEAR.starts_on)


def _change_of_class(full: SchoolClass, client: Client) -> Any:
    pupil = beside(full)
    said = {"on": TODAY, "paper": "No. 7", "school_class": full.pk}
    return client.post(f"/registry/pupils/{pupil.number}/move/class_changed/", said)


def _return(full: SchoolClass, client: Client) -> Any:
    pupil = beside(full)
    movements.drop_out(pupil, Deed(on=YEAR.starts_on.replace(day=9), by=cast.li(), paper="No. 6"))
    said = {"on": TODAY, "paper": "No. 7", "school_class": full.pk, "grade": "3"}
    return client.post(f"/registry/pupils/{pupil.number}/move/returned/", said)


def _by_hand(full: SchoolClass, client: Client) -> Any:
    said = {
        "movement": "from_outside",
        "to": full.organisation.pk,
        "grade": "3",
        "class_number": 1,
        "on": TODAY,
        "paper": "Letter 5",
        "name": "王小涵",
        "resident_id": "990100201705010029",
        "guardian_name": "王敏",
        "relation": "52",
        "phone": "138 0000 1234",
    }
    return client.post("/registry/pupils/new/", said)


def _count(_full: SchoolClass, client: Client) -> Any:
    counted = builders.a_class(size=50, number=7, school_year=YEAR.start)
    said = {"size": 56, "counted_on": TODAY}
    return client.post(f"/registry/classes/{counted.pk}/count/", said)


@pytest.mark.parametrize("way", [_change_of_class, _return, _by_hand, _count])
def test_a_page_answers_with_a_sentence(
    full: SchoolClass, client: Client, way: Callable[[SchoolClass, Client], Any]
) -> None:
    client.force_login(cast.sun())
    answer = way(full, client)
    assert answer.status_code == 422
    assert CAP in " ".join(_errors(answer))
    full.refresh_from_db()
    assert full.size == 55


@pytest.mark.parametrize("size", [40, 54, 56])
def test_a_class_of_the_register_is_not_counted_by_hand(
    full: SchoolClass, client: Client, size: int
) -> None:
    """Neither larger nor smaller: a full class would look as if it had seats."""
    client.force_login(cast.sun())
    address = f"/registry/classes/{full.pk}/count/"
    assert "one by one" in client.get(address).content.decode()
    answer = client.post(address, {"size": size, "counted_on": TODAY})
    assert answer.status_code == 422
    assert "one by one" in " ".join(_errors(answer))
    full.refresh_from_db()
    assert full.size == 55


def _errors(answer: Any) -> list[str]:
    return [word for words in answer.context_data["form"].errors.values() for word in words]


def test_a_transfer_is_not_registered(full: SchoolClass) -> None:
    elsewhere = cast.school("school-2")
    builders.facts(elsewhere)
    there = builders.a_class(elsewhere, size=0, school_year=YEAR.start)
    pupil = builders.a_pupil(there, entered_on=YEAR.starts_on)
    wish = Application(pupil, full.organisation, ground="home_moved", paper="Deed 7")
    with pytest.raises(AgainstTheRules, match="no free seat"):
        transfers.apply(wish, on=TODAY, by=cast.sun())


def test_admission_says_that_the_classes_are_full(full: SchoolClass) -> None:
    child = facade.Enrolment(uuid4(), "王小涵")
    school = full.organisation
    with pytest.raises(facade.ClassesFull, match=CAP):
        facade.enrol(school, [child], grade=3, on=TODAY, by=cast.li())


def test_the_administrator_is_refused_by_the_database(full: SchoolClass) -> None:
    """`junheng manage shell` and `psql`: nothing of the program stands in between."""
    pupil = beside(full)
    ways: tuple[Callable[[], object], ...] = (
        lambda: SchoolClass.objects.filter(pk=full.pk).update(size=56),
        lambda: Standing.objects.open().filter(pupil=pupil).update(school_class=full),
        lambda: _sql(
            "UPDATE registry_standing SET school_class_id = %s WHERE pupil_id = %s",
            [full.pk, pupil.pk],
        ),
        lambda: builders.standing(
            builders.a_pupil(entered_on=YEAR.starts_on),
            school_class=full,
            school_year=YEAR.start,
            valid_from=TODAY,
            state=State.STUDYING,
            movement=Movement.CLASS_CHANGED,
        ),
    )
    for way in ways:
        with pytest.raises(IntegrityError), transaction.atomic():
            way()
    full.refresh_from_db()
    assert full.size == 55


def _sql(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_neither_an_administration_site_nor_the_interface_for_programs_writes_pupils(
    client: Client,
) -> None:
    """Should either ever come, this test asks for its own refusal of the fifty-sixth."""
    addresses = {str(one.pattern) for one in get_resolver().url_patterns}
    assert not any("admin" in address for address in addresses)
    told = client.get("/api/v1/openapi.json").json()["paths"]
    writing = [
        (path, method) for path, deeds in told.items() for method in deeds if method != "get"
    ]
    assert [path.rsplit("/", 1)[-1] for path, _method in writing] == ["look-up"]
