"""The pages of the connections: what they show, and what they do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from junheng.accounts.models import ReadLog, User
from junheng.accounts.tests import cast
from junheng.evidence.facade import Register
from junheng.evidence.models import Connection, Finding
from junheng.evidence.services import breaker
from junheng.evidence.tests import services
from junheng.evidence.tests.builders import CHILD, EAST, ask, delivered, question, row, tables
from tests.query_baselines import same_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SignedIn = Callable[[User], Client]


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_says_what_is_there_and_what_is_not(signed_in: SignedIn) -> None:
    delivered(tables(), row())
    tables(Register.TAX)
    client = signed_in(cast.li())
    with same_queries("evidence", "connections, officer"):
        page = text(client, "/registers/")
    assert "Out of date" in page or "In order" in page
    assert "Nothing delivered yet" in page
    assert "Business licences" in page  # not connected


def test_an_empty_list_says_why_that_matters(signed_in: SignedIn) -> None:
    assert "bring every paper" in text(signed_in(cast.li()), "/registers/")


def test_one_connection_shows_its_deliveries(signed_in: SignedIn) -> None:
    register = tables()
    delivered(register, row())
    client = signed_in(cast.li())
    with same_queries("evidence", "connection, officer"):
        page = text(client, register.get_absolute_url())
    assert "2026-06-01" in page
    assert "Holds" in page
    assert "Bring a table" in page
    assert "Bring a table" not in text(signed_in(cast.wu()), register.get_absolute_url())


def test_connecting_leads_to_the_first_table(signed_in: SignedIn) -> None:
    client = signed_in(cast.li())
    form = {"register": "household", "name": "Police", "fresh_days": 35}
    answer = client.post("/registers/new/", form)
    made = Connection.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert "choose another name" in client.post("/registers/new/", form).content.decode()
    answer = client.post(f"/registers/{made.pk}/deliver/", {"as_of": "2026-06-01"})
    assert answer["Location"] == (
        f"/imports/evidence.household/?connection={made.pk}&as_of=2026-06-01"
    )
    client.post(f"/registers/{made.pk}/deliver/", {"as_of": "2099-01-01"})
    assert "yet to come" in text(client, made.get_absolute_url())
    client.post(f"/registers/{made.pk}/end/")
    assert "Ended" in text(client, "/registers/")


def test_a_question_by_hand_is_answered_and_written_down(signed_in: SignedIn) -> None:
    register = tables()
    delivered(register, row())
    client = signed_in(cast.li())
    form = {"name": "王小涵", "resident_id": CHILD, "born_on": "2020-02-29"}
    answer = client.post(f"/registers/{register.pk}/test/", form)
    assert answer.status_code == 422
    assert ReadLog.objects.count() == Finding.objects.count() == 0
    answer = client.post(f"/registers/{register.pk}/test/", {**form, "reason": "A call"})
    page = answer.content.decode()
    assert "Found, with certainty" in page
    assert EAST in page
    assert CHILD not in page.split("What the register says")[1]
    noted = ReadLog.objects.get()
    assert (noted.reason, noted.kind) == ("A call", "evidence.finding")
    assert Finding.objects.get().purpose == "A call"


def test_a_house_is_asked_for_by_its_certificate(signed_in: SignedIn) -> None:
    register = tables(Register.REAL_ESTATE)
    rows = [row(Register.REAL_ESTATE, certificate=f"C-{n}", address=f"{n} Lane") for n in (1, 2)]
    delivered(register, *rows)
    client = signed_in(cast.li())
    assert "Certificate number" in text(client, f"/registers/{register.pk}/test/")
    form = {"name": "王小涵", "resident_id": CHILD, "key": "C-2", "reason": "A call"}
    page = client.post(f"/registers/{register.pk}/test/", form).content.decode()
    assert "2 Lane" in page
    assert "Agrees" in page


def test_a_service_that_fails_shows_since_when(
    signed_in: SignedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REGISTER_HOSTS = [services.HOST]
    services.install(monkeypatch).behave = services.failing
    register = services.connected()
    for _ in range(2):
        ask(question())
    breaker.seen(register, "wrong_person", "")
    client = signed_in(cast.li())
    with same_queries("evidence", "service, officer"):
        page = text(client, register.get_absolute_url())
    assert "left alone" in page
    assert "2 (100.0 %)" in page
    assert "still so" in page
    assert "Fails" in text(client, "/registers/troubles/")
    client.post(f"/registers/{register.pk}/looked-at/")
    still = text(client, "/registers/troubles/?open=on")
    assert still.count("Answers for another person") == 1  # in the filter, in no row
    assert "Left alone" in text(client, "/registers/")


def test_how_a_service_is_asked_is_checked_and_changed(
    signed_in: SignedIn, settings: Settings
) -> None:
    client = signed_in(cast.li())
    form = {"register": "household", "name": "Police", "description": services.DESCRIPTION}
    refused = client.post("/registers/new-service/", form)
    assert "is not on the list of hosts" in refused.content.decode()
    settings.REGISTER_HOSTS = [services.HOST]
    assert "enter the secret" in client.post("/registers/new-service/", form).content.decode()
    made = client.post("/registers/new-service/", {**form, "secret": "s"})
    found = Connection.objects.get()
    assert made["Location"] == found.get_absolute_url()
    address = f"/registers/{found.pk}/describe/"
    page = text(client, address)
    assert services.HOST in page
    assert (
        "batch: From 1"
        in client.post(
            address, {"description": services.DESCRIPTION.replace("batch = 2", "batch = 0")}
        ).content.decode()
    )
    client.post(address, {"description": services.DESCRIPTION.replace("batch = 2", "batch = 9")})
    found.refresh_from_db()
    assert "batch = 9" in found.description
    assert found.secret == "s"


def test_deliveries_and_quality_are_of_ones_own_county(signed_in: SignedIn) -> None:
    delivered(tables(name="Ours"), row(), row(resident_id="990100", name="李四"))
    delivered(tables(name="Theirs", path="/99/9901/990200/"), row())
    ask(question())
    client = signed_in(cast.li())
    with same_queries("evidence", "deliveries, officer"):
        page = text(client, "/registers/deliveries/")
    assert "Ours" in page
    assert "Theirs" not in page
    with same_queries("evidence", "quality, officer"):
        page = text(client, "/registers/quality/")
    assert "50.0 %" in page
    assert "Theirs" not in page
