"""How far the counties are: what is connected, what is open, how many made no trip."""

from __future__ import annotations

import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.selectors.roll_out import ASKED, roll_out
from junheng.admissions.services.verifying import verify
from junheng.admissions.tests.applying import builders
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as registers
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db


def test_a_county_works_with_a_round_for_families_and_a_register(client: Client, li: User) -> None:
    (row,) = roll_out(li).counties
    assert (row.works, row.round, len(row.missing), row.board.applied) == (False, "", 6, 0)
    the_round = builders.taking(li, cast.wu())
    assert not roll_out(li).counties[0].works
    held = registers.row(resident_id=builders.CHILD_ID, place_code=cast.VILLAGE)
    registers.delivered(registers.tables(Register.HOUSEHOLD), held)
    made = builders.applied(the_round, builders.family(), home={"claims": ["household"]})
    verify([made.pk])
    found = roll_out(li)
    (row,) = found.counties
    assert (row.works, row.pk, row.connected) == (True, the_round.pk, (Register.HOUSEHOLD,))
    assert (row.board.applied, row.board.zero_trips, found.share) == (1, 100, 1.0)
    assert len(ASKED) == len(row.connected) + len(row.missing) == 6
    assert [(day.month, share) for day, share in found.aims] == [(6, 0.8), (8, 1.0)]

    client.force_login(cast.wu())
    client.cookies["django_language"] = "en"
    assert "/rounds/roll-out/" in client.get("/rounds/").content.decode()
    client.get("/rounds/roll-out/")
    with same_queries("admissions", "roll_out"):
        page = client.get("/rounds/roll-out/").content.decode()
    assert "1 / 6" in page
    assert f"/rounds/{the_round.pk}/situation/" in page


def test_everybody_sees_the_counties_of_their_own_part(client: Client, li: User) -> None:
    builders.taking(li, cast.wu())
    assert cast.COUNTY not in {row.name for row in roll_out(cast.qian()).counties}
    client.force_login(cast.qian())
    assert client.get("/rounds/roll-out/").status_code == 404
    assert roll_out(cast.sun()).share is None
