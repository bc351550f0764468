"""Groups are laid down before the opening, make sense, and stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Round, VerificationRules
from junheng.admissions.services import applying
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.applying import NotOpen
from junheng.admissions.services.tiers import CannotBeRules, lay_down
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.rounds import builders as rounds

pytestmark = pytest.mark.django_db
ONE = [{"number": 1, "needs": ["household"], "clause": "3"}]


def test_a_planned_round_gets_its_groups_on_a_page(client: Client, li: User) -> None:
    the_round = rounds.loaded(li)
    client.force_login(li)
    client.cookies["django_language"] = "en"
    data = {"needs_1": ["house", "household"], "clause_1": "2", "needs_3": ["household"]}
    answer = client.post(f"/rounds/{the_round.pk}/tiers/", {**data, "house_years": "3"})
    assert answer.status_code == 302, answer.content.decode()
    kept = VerificationRules.objects.get(pk=the_round.pk).content["tiers"]
    assert [(tier["number"], tier["clause"]) for tier in kept] == [(1, "2"), (2, "3")]


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [*ONE, {"number": 2, "needs": ["household"], "clause": "4"}],
        [{"number": 1, "needs": [], "clause": "1"}],
        [{"number": 1, "needs": ["luck"], "clause": ""}],
    ],
)
def test_groups_that_make_no_sense_are_refused(li: User, wrong: list[dict[str, Any]]) -> None:
    the_round = rounds.loaded(li)
    with pytest.raises(CannotBeRules):
        lay_down(the_round, wrong, house_years=6, house_clause="", by=li)


def test_groups_are_read_by_everybody_and_stay_once_the_round_is_open(
    client: Client, li: User
) -> None:
    the_round = builders.taking(li, cast.wu())
    with pytest.raises(OutOfTurn):
        lay_down(the_round, ONE, house_years=0, house_clause="", by=li)
    with pytest.raises(DatabaseError, match="stays as it was announced"), transaction.atomic():
        VerificationRules.objects.filter(pk=the_round.pk).update(content={})
    client.cookies["django_language"] = "en"
    page = client.get(f"/r/{cast.COUNTY}/{the_round.ref}/").content.decode()
    assert "household register + property register" in page
    assert "for 6 years" in page


def test_a_round_from_files_takes_no_applications_without_groups(li: User) -> None:
    the_round: Round = rounds.opened(li, cast.wu())
    assert not VerificationRules.objects.exists()
    with pytest.raises(NotOpen):
        applying.begin(the_round, owner=builders.family())
