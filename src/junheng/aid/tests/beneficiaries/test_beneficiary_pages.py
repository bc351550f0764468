"""The pages of people outside grades 1 to 9: names in masks, mistakes said, what is due beside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.demo.beneficiaries import load_beneficiaries
from junheng.aid.models import Beneficiary, Difference
from junheng.aid.selectors import audit
from junheng.aid.selectors.statuses import beneficiary_statuses
from junheng.aid.services import auditing
from junheng.aid.services import beneficiaries as services
from junheng.aid.tests import builders as aid
from junheng.aid.tests.beneficiaries.builders import at_university, somebody
from junheng.aid.tests.households import builders as households
from junheng.aid.tests.letters import words_of
from junheng.commons.history import history_of
from tests.query_baselines import same_queries

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
TYPED = {
    "name": "田小禾", "stage": "kindergarten", "institution": "Sunflower",
    "valid_from": "2025-09-01", "orphan": "yes", "fee_fen": "1800",
}  # fmt: skip


def test_one_by_hand_with_its_mistakes_said_and_its_end(signed_in: SignedIn) -> None:
    ma = signed_in(cast.ma())
    cast.counties()
    url = "/aid/beneficiaries/enter/"
    wrong = ma.post(url, TYPED | {"resident_id": "990100202109010018"})
    assert wrong.status_code == 422
    assert "check character" in wrong.content.decode()
    late = ma.post(url, TYPED | {"born_on": "2026-01-01"})
    assert "before the birthday" in late.content.decode()
    much = ma.post(url, TYPED | {"fee_fen": "10000000.01"})
    assert "out of range" in much.content.decode()
    assert ma.post(url, TYPED).status_code == 302
    one = Beneficiary.objects.get()
    assert (one.orphan, one.boarder, one.fee_fen) == (True, None, 180_000)
    assert "1,800.00 yuan" in ma.get(f"/aid/beneficiaries/{one.pk}/").content.decode()
    end = f"/aid/beneficiaries/{one.pk}/end/"
    for day in ("", "2020-01-01", "2026-01-01"):
        ma.post(end, {"on": day})
    one.refresh_from_db()
    assert one.valid_to == date(2026, 1, 1)


def test_what_nobody_told_is_told_later_and_what_was_told_stays(signed_in: SignedIn) -> None:
    one, ma = somebody(orphan=True), signed_in(cast.ma())
    page, url = f"/aid/beneficiaries/{one.pk}/", f"/aid/beneficiaries/{one.pk}/tell/"
    assert 'name="fee_fen"' in ma.get(page).content.decode()
    for name in ("orphan", "skills_certificate"):  # told, and nothing that a child has
        assert f'name="{name}"' not in ma.get(page).content.decode()
    paper = {"paper": "List 7"}
    for given, words in (
        ({"fee_fen": "900"}, "Document it rests on: This field is required."),
        (paper | {"fee_fen": "-1"}, "Fee for a term, yuan: The amount is out of range."),
        (paper, "Nothing was said that was not known."),
        (paper | {"orphan": "no", "striving_class": "yes"}, "Nothing was said that was"),
    ):
        assert words in ma.post(url, given, follow=True).content.decode()
    one.refresh_from_db()
    assert (one.orphan, one.fee_fen) == (True, None)
    ma.post(url, paper | {"fee_fen": "900", "disabled": "no"})
    one.refresh_from_db()
    assert (one.orphan, one.fee_fen, one.disabled, one.boarder) == (True, 90_000, False, None)
    assert history_of(one)[0].why == "List 7"
    with pytest.raises(services.NotSo, match="told meanwhile"):
        services.tell(one, {"fee_fen": 1}, "List 8", by=cast.ma())


def test_lists_and_differences_show_a_mask_and_lead_to_what_is_due(
    signed_in: SignedIn, settings: Settings, tmp_path: Any
) -> None:
    settings.STORAGE_ROOT = tmp_path
    one = somebody(orphan=True)
    aid.told()
    aid.approved("stage = 'kindergarten'", "orphan", code="nursery")
    aid.decided()
    auditing.compare(aid.a_term())
    assert Difference.objects.get().beneficiary == one
    ma = signed_in(cast.ma())
    with same_queries("aid", "beneficiaries, list"):
        page = ma.get("/aid/beneficiaries/?stage=kindergarten").content.decode()
    assert "田小禾" not in page
    assert "田*禾" in page
    rows = ma.get("/aid/terms/2025-2026-1/differences/").content.decode()
    assert f"/aid/beneficiaries/{one.pk}/" in rows
    assert "田小禾" not in rows
    with same_queries("aid", "beneficiaries, one"):
        page = ma.get(f"/aid/beneficiaries/{one.pk}/").content.decode()
    assert "500.00" in page
    assert "田小禾" not in page
    read = ReadLog.objects.get()
    assert (read.kind, read.key, read.fields) == ("aid.beneficiary", str(one.pk), ["aid_reasons"])


def test_the_lines_by_township_and_school_add_up_and_lead_to_their_rows(
    signed_in: SignedIn, settings: Settings, tmp_path: Any
) -> None:
    """One at home in a township, one of whom only the county is known, one at a school."""
    settings.STORAGE_ROOT = tmp_path
    cast.counties()
    homes = [somebody(orphan=True, township=cast.TOWNSHIP), somebody(orphan=True)]
    aid.pupils(["orphan"])
    aid.told()
    aid.approved("orphan", code="orphans")
    aid.decided()
    term = aid.a_term()
    auditing.compare(term)
    ma = signed_in(cast.ma())
    page = ma.get("/aid/").content.decode()
    assert "No township" in page
    assert "No school" in page
    rows = audit.differences(cast.ma(), term)
    for lines in (audit.by_township(rows, term), audit.by_school(rows)):
        assert sum(line.figures["unpaid"].heads for line in lines) == 3
    for line in audit.by_township(rows, term):
        shown = ma.get(f"/aid/terms/{term.code}/differences/?township={line.key}")
        assert shown.content.decode().count(">500.00<") == line.figures["unpaid"].heads
    none = ma.get(f"/aid/terms/{term.code}/differences/?school=-").content.decode()
    assert [f"/aid/beneficiaries/{one.pk}/" in none for one in homes] == [True, True]
    assert none.count(">500.00<") == 2


def test_the_letter_says_what_is_due_and_why_not_to_a_family_or_to_the_person(
    signed_in: SignedIn, settings: Settings, tmp_path: Any
) -> None:
    settings.STORAGE_ROOT = tmp_path
    child, adult = somebody(orphan=True, fee="900"), at_university(name="王敏")
    aid.told()
    aid.approved("stage = 'kindergarten'", "orphan", code="nursery")
    aid.approved("stage = 'higher'", "orphan", code="entering")
    half = [{"when": "", "permille": 500, "of": "fee"}]
    aid.approved("stage = 'kindergarten'", code="half", rates=half)
    aid.decided()
    ma = signed_in(cast.ma())
    url = f"/aid/beneficiaries/{child.pk}/letter/"
    assert url in ma.get(f"/aid/beneficiaries/{child.pk}/").content.decode()
    letter = words_of(ma.get(url))
    assert "Aid for your child, first term of 2025/2026" in letter
    assert "Nursery: 500.00 yuan for 2025-09-01, of which 0.00 yuan were paid" in letter
    assert "Half: 450.00 yuan for 2025-09-01" in letter
    assert "The amount is 50 % of “fee for a term”" in letter
    assert "Yunhuai Kindergarten" in letter
    theirs = words_of(ma.get(f"/aid/beneficiaries/{adult.pk}/letter/"))
    assert "Your aid, first term of 2025/2026" in theirs
    assert "your child" not in theirs
    assert "Entering (Notice of the county)" in theirs
    for name in ("田小禾", "王敏"):
        assert name not in letter + theirs
    assert ReadLog.objects.filter(kind="aid.beneficiary", key=str(adult.pk)).count() == 1
    nobody = somebody(name="田大禾", valid_from=date(2030, 1, 1))
    assert ma.get(f"/aid/beneficiaries/{nobody.pk}/letter/").status_code == 404


def test_the_demonstration_is_loaded_once_and_some_are_poor() -> None:
    households.poor()
    county = cast.counties()
    found = {load_beneficiaries(county, officer=cast.ma(), seed="s") for _time in range(2)}
    assert found == {360}
    begin, end = date(2026, 9, 1), date(2027, 1, 1)
    assert beneficiary_statuses(county.path, begin=begin, end=end)
