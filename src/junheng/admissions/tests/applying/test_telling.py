"""Families are told what became of their application: once, by its number and without a name."""

from __future__ import annotations

import pytest
from django.utils import timezone

from junheng.accounts.facade import family_of_phone, phone_of
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round, Verification
from junheng.admissions.services import applying
from junheng.admissions.services.telling import OUTCOMES, tell_outcome, tell_received
from junheng.admissions.tests.applying import builders
from junheng.commons.messages import text_of
from junheng.commons.models import Message

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


def told() -> list[tuple[str, str]]:
    return [(str(each.phone), each.template) for each in Message.objects.order_by("written_at")]


def test_a_family_gets_its_number_once_however_often_it_submits(the_round: Round) -> None:
    family = family_of_phone("13800000002")
    draft = builders.drafted(the_round, family)
    made = applying.submit(draft.pk, owner=family)
    applying.submit(draft.pk, owner=family)
    tell_received(made)
    assert told() == [(PHONE, "admissions.received")]
    words = text_of(Message.objects.get())
    assert made.number in words
    assert "王" not in words


def test_what_a_clerk_types_in_belongs_to_the_family_of_the_telephone(
    the_round: Round, li: User
) -> None:
    made = builders.applied(the_round, li)
    assert made.family is not None
    assert (phone_of(made.family), made.entered_by) == (PHONE, li)
    assert family_of_phone(PHONE) == made.family
    assert list(Application.objects.of_family(made.family)) == [made]


@pytest.mark.parametrize("outcome", ["passed", "asked", "refused", "review", "checking"])
def test_outcomes_are_told_and_what_goes_on_is_not(the_round: Round, outcome: str) -> None:
    made = builders.applied(the_round, family_of_phone(PHONE))
    found = Verification(pk=7, application=made, outcome=outcome, at=timezone.now())
    tell_outcome(made, found)
    tell_outcome(made, found)
    expected = [f"admissions.{outcome}"] if outcome in set(OUTCOMES) else []
    assert [template for _phone, template in told()[1:]] == expected


def test_who_has_no_mobile_telephone_is_called_by_the_counter(the_round: Round) -> None:
    made = builders.applied(the_round, family_of_phone(PHONE))
    Message.objects.all().delete()
    made.phone = "0990-1234567"
    tell_received(made)
    assert told() == []
