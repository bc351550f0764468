"""A school puts a record right: on a paper, its own only, and somebody else's check closes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.registry.models import Guardian, IntegrityFinding, Pupil
from junheng.registry.services.integrity.correcting import (
    Correction,
    ImpossibleBirthday,
    NothingCorrected,
    NotOfThisFinding,
    NumberFails,
    correct,
)
from junheng.registry.services.integrity.settling import NotOpen, mark_false_alarm
from junheng.registry.tests.integrity.builders import (
    BORN,
    SOUND,
    a_class,
    checked,
    child,
    findings,
    this_year,
)

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
WRONG, PAPER = date(2017, 1, 5), "Household book, page 3"


@pytest.fixture
def wrong() -> Pupil:
    """A girl whose record has another birthday than her number, and whose guardian has hers."""
    made = child(a_class(), resident_id=SOUND, born_on=WRONG)
    Guardian.objects.create(
        pupil=made,
        relation="52",
        name="王芳",
        resident_id=SOUND,
        valid_from=date(this_year(), 9, 1),
    )
    checked()
    return made


def only(rule: str = "birth_date_differs") -> IntegrityFinding:
    [found] = findings(rule)
    return found


def page(finding: IntegrityFinding, pupil: Pupil) -> str:
    return reverse("registry:correct", args=[finding.pk, pupil.number])


def test_a_school_writes_what_is_right_and_the_bureau_reads_who_and_on_which_paper(
    signed_in: SignedIn, wrong: Pupil
) -> None:
    client = signed_in(cast.sun())
    assert "Correct the record" in client.get(f"/registry/integrity/{only().pk}/").content.decode()
    said = {"born_on": BORN.isoformat(), "paper": PAPER}
    told = client.post(page(only(), wrong), said, follow=True).content.decode()
    assert "The next check looks whether it is right now." in told
    wrong.refresh_from_db()
    assert (wrong.born_on, only().state) == (BORN, "open")
    read = signed_in(cast.li()).get(f"/registry/integrity/{only().pk}/").content.decode()
    assert "Corrected since the check" in read
    assert PAPER in read
    assert str(cast.sun()) in read
    checked()
    assert only().state == "mended"
    after = signed_in(cast.li()).get(f"/registry/integrity/{only().pk}/").content.decode()
    assert "Corrected since the check" not in after


def test_a_guardians_number_is_put_right_and_so_are_name_number_and_sex(wrong: Pupil) -> None:
    guardian, adult = Guardian.objects.get(pupil=wrong), "990100198805010224"
    found = only("guardian_younger")
    right = Correction(PAPER, "王小菡", "990100201705010248", None, "2", {guardian.pk: adult})
    correct(found, wrong, right, by=cast.sun())
    wrong.refresh_from_db()
    guardian.refresh_from_db()
    assert (str(wrong.name), str(wrong.resident_id)) == ("王小菡", "990100201705010248")
    assert str(guardian.resident_id) == adult
    checked()
    assert only("guardian_younger").state == "mended"


def test_without_a_paper_or_anything_to_write_nothing_is_done(wrong: Pupil) -> None:
    for right in (Correction(PAPER), Correction(" ", born_on=BORN)):
        with pytest.raises(NothingCorrected):
            correct(only(), wrong, right, by=cast.sun())


@pytest.mark.parametrize(
    ("born_on", "words"),
    [
        (date(2099, 1, 1), "yet to come"),
        (date(1917, 1, 5), "cannot be"),
        (None, "cannot be"),
    ],
)
def test_a_birthday_that_cannot_be_is_refused_with_a_sentence(
    signed_in: SignedIn, wrong: Pupil, born_on: date | None, words: str
) -> None:
    day = born_on or wrong.entered_on
    with pytest.raises(ImpossibleBirthday, match=words):
        correct(only(), wrong, Correction(PAPER, born_on=day), by=cast.sun())
    said = {"born_on": day.isoformat(), "paper": PAPER}
    answer = signed_in(cast.sun()).post(page(only(), wrong), said)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    wrong.refresh_from_db()
    assert wrong.born_on == WRONG


def test_a_number_with_a_slip_puts_nothing_right(signed_in: SignedIn, wrong: Pupil) -> None:
    with pytest.raises(NumberFails):
        correct(only(), wrong, Correction(PAPER, resident_id=f"{SOUND[:-1]}1"), by=cast.sun())
    said = {"resident_id": f"{SOUND[:-1]}1", "paper": PAPER}
    answer = signed_in(cast.sun()).post(page(only(), wrong), said)
    assert answer.status_code == 422
    assert "its check character does not fit" in answer.content.decode()


def test_no_other_record_and_no_other_guardian_is_changed_by_a_finding(wrong: Pupil) -> None:
    other = child(a_class(number=2))
    with pytest.raises(NotOfThisFinding):
        correct(only(), other, Correction(PAPER, sex="1"), by=cast.sun())
    right = Correction(PAPER, guardians={uuid4(): "990100198805010224"})
    with pytest.raises(NotOfThisFinding):
        correct(only(), wrong, right, by=cast.sun())


def test_what_is_settled_is_not_corrected_any_more(signed_in: SignedIn, wrong: Pupil) -> None:
    mark_false_alarm(only(), reason="The paper is right", by=cast.li())
    with pytest.raises(NotOpen):
        correct(only(), wrong, Correction(PAPER, sex="1"), by=cast.sun())
    assert signed_in(cast.sun()).get(page(only(), wrong)).status_code == 404


def test_the_bureau_that_checks_does_not_correct_and_other_schools_learn_nothing(
    signed_in: SignedIn, wrong: Pupil
) -> None:
    client = signed_in(cast.li())
    assert client.get(page(only(), wrong)).status_code in {403, 404}
    assert (
        "Correct the record" not in client.get(f"/registry/integrity/{only().pk}/").content.decode()
    )
    assert signed_in(cast.qian()).get(page(only(), wrong)).status_code in {403, 404}
