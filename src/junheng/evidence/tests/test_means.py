"""What somebody has, asked of a service: only what is certainly theirs is taken."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.evidence.facade import (
    Person,
    Question,
    Register,
    Silence,
    Step,
    ask_by_number,
    people_at_once,
    why_left_alone,
)
from junheng.evidence.models import Connection, ServiceTrouble
from junheng.evidence.services import breaker
from junheng.evidence.services.asking import NotLookedUp
from junheng.evidence.tests import services
from junheng.evidence.tests.builders import ask, child
from junheng.evidence.tests.services import HOST, SECRET, VEHICLES, Service, answer, cars

pytestmark = pytest.mark.django_db
NUMBER, OTHER = "990100198001010018", "990100198803140017"
OWNER = Person("田大山", NUMBER)
CAR = {"ref": "0", "plate": "云Z00001", "price": "98000"}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Service:
    settings.REGISTER_HOSTS = [HOST]
    return services.install(monkeypatch)


def told(service: Service, *rows: dict[str, Any]) -> Any:
    """What is taken of these rows, of which only what differs from the owner's is told."""
    whole = {"idNumber": NUMBER, "fullName": "田大山", **CAR}
    service.behave = lambda _: answer([whole | row for row in rows])
    (owned,) = ask_by_number(services.vehicles(), [OWNER])
    return owned


def test_all_cars_of_somebody_are_told_with_their_day(service: Service) -> None:
    owned = told(service, {}, {"plate": "云Z00002"})
    assert [row["plate"] for row in owned.rows] == ["云Z00001", "云Z00002"]
    assert (owned.step, str(owned.as_of)) == (Step.EXACT, "2026-06-01")
    assert 0.99 < owned.probability <= 1
    assert service.asked() == [{"ref": "0", "idNumber": NUMBER, "fullName": "田大山"}]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        pytest.param({"idNumber": "990100800101001"}, 1, id="the same number, of 15 digits"),
        pytest.param({"idNumber": OTHER}, 0, id="a namesake with a number of their own"),
        pytest.param({"idNumber": OTHER, "fullName": "李四"}, None, id="somebody else"),
        pytest.param({"fullName": "李四"}, None, id="the number under another name"),
        pytest.param({"idNumber": ""}, None, id="a namesake without a number"),
    ],
)
def test_what_is_not_certainly_theirs_is_no_answer(
    service: Service, row: dict[str, Any], taken: int | None
) -> None:
    owned = told(service, row)
    assert (None if owned is Silence.WRONG_PERSON else len(owned.rows)) == taken
    kinds = list(ServiceTrouble.objects.values_list("kind", flat=True))
    assert kinds == (["wrong_person"] if taken is None else [])
    assert taken is None or not owned.rows or owned.step == Step.NORMALISED


def test_answers_that_are_swapped_are_nobodys(service: Service) -> None:
    people = [OWNER, Person("李四", OTHER)]

    def swapped(_: object) -> Any:
        two = [("0", people[1]), ("1", people[0])]
        return answer([
            {**CAR, "ref": ref, "idNumber": who.resident_id, "fullName": who.name}
            for ref, who in two
        ])  # fmt: skip

    service.behave = swapped
    assert ask_by_number(services.vehicles(), people) == [Silence.WRONG_PERSON] * 2


def test_a_service_that_rests_or_is_not_described_is_asked_about_nobody(
    service: Service, settings: Settings
) -> None:
    register = services.vehicles()
    assert people_at_once(register) == 2
    breaker.failed(register, "down", "", until_pause=1, pause_seconds=60)
    assert people_at_once(register) == 0
    assert why_left_alone(register) is Silence.PAUSED
    settings.REGISTER_HOSTS = []
    assert people_at_once(register) == 0
    assert why_left_alone(register) is Silence.NOT_DESCRIBED
    assert ask_by_number(register, [OWNER]) == [Silence.NOT_DESCRIBED]
    assert service.requests == []


def test_means_are_never_looked_up_as_others_are(service: Service) -> None:
    services.vehicles()
    service.behave = cars
    with pytest.raises(NotLookedUp):
        ask(Question(Register.VEHICLE, child()))
    assert service.requests == []


@pytest.mark.parametrize("register", ["subsistence", "disability"])
def test_who_is_in_need_comes_as_a_table_only(service: Service, register: str) -> None:
    row = services.vehicles()
    with pytest.raises(IntegrityError), transaction.atomic():
        Connection.objects.filter(pk=row.pk).update(register=register)


def test_a_register_of_means_is_connected_as_a_service_on_its_page(
    service: Service, signed_in: Any
) -> None:
    cast.counties()
    client = signed_in(cast.li())
    form = {"name": "Cars", "description": VEHICLES, "secret": SECRET}
    for register in ("subsistence", "disability"):
        refused = client.post("/registers/new-service/", form | {"register": register})
        assert refused.status_code == 422
    made = client.post("/registers/new-service/", form | {"register": "vehicle"})
    row = Connection.objects.get()
    assert (made.status_code, row.register, row.way) == (302, "vehicle", "service")
    page = client.get(row.get_absolute_url()).content.decode()
    assert f"/registers/{row.pk}/test/" not in page
    assert client.get(f"/registers/{row.pk}/test/").status_code == 404
    assert service.requests == []
