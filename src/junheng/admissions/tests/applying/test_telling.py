"""Families are told what became of their application: once, by its number and without a name."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django.utils.translation import override

from junheng.accounts.facade import family_of_phone, phone_of
from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, Round, Verification
from junheng.admissions.services import applying, in_person
from junheng.admissions.services.telling import OUTCOMES, tell_outcome, tell_received
from junheng.admissions.tests.applying import builders
from junheng.cases import facade as cases
from junheng.cases.models import Case
from junheng.commons import messages
from junheng.commons.messages import text_of
from junheng.commons.models import Message
from junheng.places.models import Role

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


@pytest.fixture
def without_mobile(the_round: Round, li: User) -> Application:
    """Typed in by Li, who was given a fixed line."""
    made = builders.applied(the_round, li)
    made.phone = "0990-1234567"
    made.save(update_fields=["phone"])
    Message.objects.all().delete()
    return made


def asked(made: Application) -> list[Case]:
    return list(Case.objects.filter(kind=in_person.KIND, subject__startswith=made.number))


def test_who_has_no_mobile_telephone_is_told_by_who_typed_it_in(
    without_mobile: Application, li: User
) -> None:
    found = Verification(pk=7, application=without_mobile, outcome="asked", at=timezone.now())
    with override("en"):
        tell_outcome(without_mobile, found)
        tell_outcome(without_mobile, found)
    (case,) = asked(without_mobile)
    assert (case.holder, case.title) == (
        li,
        f"Tell the family of {without_mobile.number} in person",
    )
    assert "Something is missing" in case.facts["message"]
    assert in_person.page_of(case.subject) == f"/rounds/applications/{without_mobile.number}/"
    assert told() == []


def test_what_was_told_in_person_is_not_asked_for_again_but_the_next_news_is(
    without_mobile: Application,
) -> None:
    found = Verification(pk=7, application=without_mobile, outcome="asked", at=timezone.now())
    tell_outcome(without_mobile, found)
    cases.settle(asked(without_mobile)[0].number, outcome="told", words="Told.", by=None)
    tell_outcome(without_mobile, found)
    assert len(asked(without_mobile)) == 1
    tell_outcome(without_mobile, Verification(pk=8, application=without_mobile, outcome="passed"))
    assert len(asked(without_mobile)) == 2


def test_that_it_is_received_was_said_at_the_counter_and_a_drill_asks_nobody(
    without_mobile: Application,
) -> None:
    tell_received(without_mobile)
    with messages.held_back():
        tell_outcome(
            without_mobile, Verification(pk=7, application=without_mobile, outcome="asked")
        )
    assert not Case.objects.exists()


def test_where_the_clerk_has_left_the_officers_tell(without_mobile: Application, li: User) -> None:
    without_mobile.entered_by = User(pk=li.pk, is_active=False)
    tell_outcome(without_mobile, Verification(pk=7, application=without_mobile, outcome="passed"))
    (case,) = asked(without_mobile)
    assert (case.holder, case.role) == (None, Role.ADMISSIONS_OFFICER)
