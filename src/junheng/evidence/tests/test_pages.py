"""The pages of the connections: what they show, and what they do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.evidence.facade import Register
from junheng.evidence.models import Connection
from junheng.evidence.tests.builders import delivered, row, tables
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
    assert "Out of date" in page or "Up to date" in page
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
