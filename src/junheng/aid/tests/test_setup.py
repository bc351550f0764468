"""A county sets itself up through the pages: terms, lists told in full, traits of schools."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, client, english, signed_in
from junheng.aid.models import AidTerm, Entitlement, SchoolTrait, ToldInFull
from junheng.aid.sentences.terms import term_name
from junheng.aid.services import declaring, terms
from junheng.aid.services.declaring import Trait
from junheng.aid.tests import builders
from junheng.commons import approvals
from junheng.commons.models import Approval, ImportBatch, Run
from junheng.commons.tests.roles import as_the_site
from junheng.commons.worker import work_off
from junheng.places.models import Role
from tests.query_baselines import same_queries

__all__ = ["client", "english", "signed_in"]
pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 9, 1), date(2026, 1, 16)
TERM = {"code": "2025-2026-1", "starts_on": FIRST, "ends_on": LAST}
LISTS, TRAITS = "/aid/setup/lists/", "/aid/setup/traits/"
PAPER = {"paper": "Notice 3"}
MEAL = {"school": "school-1", "fact": "meal_school", "since": FIRST}


def agree_to_all(window: Client) -> int:
    """The second person says yes to everything that waits; how many that were."""
    rows = list(Approval.objects.filter(state="pending"))
    for one in rows:
        assert window.post(f"/approvals/{one.pk}/agree/").status_code == 302
    return len(rows)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer
    return str(answer.content.decode())


def test_a_county_opens_declares_and_decides_without_a_shell(signed_in: SignedIn) -> None:
    """Nobody boards but one; the school of both serves meals since a second person said so."""
    builders.pupils(["boarder"], [])
    builders.approved("NOT boarder AND meal_school", code="day_meals")
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    assert "No term of aid yet" in text(ma.get("/aid/"))
    assert ma.post("/aid/setup/terms/", TERM).status_code == 302
    assert ma.post(LISTS, {"fact": "boarder", "since": FIRST, **PAPER}).status_code == 302
    assert ma.post(f"{TRAITS}new/", {**MEAL, **PAPER}).status_code == 302
    assert not ToldInFull.objects.exists()
    assert not SchoolTrait.objects.exists()
    assert "Waits for a second person" in text(ma.get(LISTS))
    agree_to_all(ma)
    assert not ToldInFull.objects.exists(), "who asked does not agree"
    assert agree_to_all(wu) == 2
    ma.post("/aid/terms/2025-2026-1/decide/")
    work_off()
    run = Run.objects.get()
    assert ma.post(f"/aid/runs/{run.ref}/publish/").status_code == 302
    assert Entitlement.objects.filter(run=run).count() == 1, "the one who does not board"
    with same_queries("aid_entitled", "terms, officer"):
        assert "2026-01-16" in text(ma.get("/aid/setup/terms/"))
    with same_queries("aid_entitled", "lists told in full, officer"):
        assert "Notice 3" in text(ma.get(LISTS))
    with same_queries("aid_entitled", "traits of schools, officer"):
        assert "school in the meal programme" in text(ma.get(TRAITS))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "2025-2026-2"}, "lies between 2026-01-01 and 2026-08-31"),
        ({"code": "2024-2025-1"}, "Check the school year"),
        ({"ends_on": FIRST}, "does not come after the first day"),
        ({"code": "2025-2027-1"}, "is no term"),
        ({"code": "2025-2026-3"}, "is no term"),
        ({"code": "autumn"}, "is no term"),
        ({"code": "9999-10000-1"}, "is no term"),
    ],
)
def test_a_term_with_wrong_days_is_refused_with_a_sentence(
    signed_in: SignedIn, given: dict[str, Any], sentence: str
) -> None:
    page = text(signed_in(cast.ma()).post("/aid/setup/terms/", TERM | given), 422)
    assert sentence in page
    assert not AidTerm.objects.exists()


def test_a_term_neither_overlaps_another_nor_opens_twice(signed_in: SignedIn) -> None:
    ma = signed_in(cast.ma())
    builders.a_term(ends_on=date(2026, 2, 10))
    assert "is open already" in text(ma.post("/aid/setup/terms/", TERM), 422)
    second = {"code": "2025-2026-2", "starts_on": "2026-02-10", "ends_on": "2026-07-10"}
    assert "overlap the term 2025-2026-1" in text(ma.post("/aid/setup/terms/", second), 422)
    with as_the_site(), pytest.raises(IntegrityError), transaction.atomic():
        AidTerm.objects.create(place=cast.counties(), **second)
    assert ma.post("/aid/setup/terms/", second | {"starts_on": "2026-02-11"}).status_code == 302


def test_a_list_is_told_once_a_day_and_ends_by_two_people(signed_in: SignedIn) -> None:
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    builders.told("orphan")
    row = ToldInFull.objects.get()
    again = {"fact": "orphan", "since": "2026-03-01", **PAPER}
    assert "End that first" in text(ma.post(LISTS, again), 422)
    backwards = again | {"fact": "migrant", "until": "2026-02-01"}
    assert "ends before it begins" in text(ma.post(LISTS, backwards), 422)
    with as_the_site(), pytest.raises(IntegrityError), transaction.atomic():
        ToldInFull.objects.create(
            place=row.place, fact="orphan", valid_from=FIRST.replace(day=9),
            valid_to=FIRST.replace(day=12), said_by="x",
        )  # fmt: skip
    end = f"{LISTS}{row.pk}/end/"
    assert "Holds since 2025-09-01" in text(ma.get(end))
    assert "cannot end on that day" in text(ma.post(end, {"day": FIRST, **PAPER}), 422)
    assert ma.post(end, {"day": "2026-03-01", **PAPER}).status_code == 302
    assert agree_to_all(wu) == 1
    row.refresh_from_db()
    assert row.valid_to == date(2026, 3, 1)
    assert "ends on 2026-03-01 already" in text(ma.post(end, {"day": "2026-04-01", **PAPER}), 422)
    assert ma.post(LISTS, again).status_code == 302, "from the day on which the first one ended"


def test_what_waits_is_not_agreed_to_when_another_was_quicker() -> None:
    place, ma = cast.counties(), cast.ma()
    asked = declaring.ask_to_tell(place, "orphan", FIRST, None, "Notice 3", by=ma)
    with pytest.raises(approvals.AlreadyAsked):
        declaring.ask_to_tell(place, "orphan", LAST, None, "Notice 4", by=ma)
    builders.told("orphan")
    with pytest.raises(declaring.DaysDoNotFit):
        approvals.agree(asked, cast.wu())


def csv(*rows: str) -> SimpleUploadedFile:
    lines = "\n".join(("school,fact,since,until,paper", *rows))
    return SimpleUploadedFile("traits.csv", lines.encode())


def brought(window: Client, *rows: str) -> ImportBatch:
    window.post("/imports/aid.school_traits/?place=990100", {"file": csv(*rows)})
    batch: ImportBatch = ImportBatch.objects.latest("at")
    return batch


def test_a_table_of_traits_is_looked_through_taken_over_agreed_or_undone(
    signed_in: SignedIn,
) -> None:
    ma, wu = signed_in(cast.ma()), signed_in(cast.wu())
    cast.school()
    rows = (
        "school-1,meal_school,2025-09-01,2026-01-01,N 1",
        "school-1,meal_school,2026-01-01,,N 2",
    )
    batch = brought(ma, *rows)
    assert batch.state == "previewed"
    ma.post(f"/imports/batch/{batch.pk}/take-over/")
    assert not SchoolTrait.objects.exists()
    ma.post(f"/imports/batch/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert not agree_to_all(wu), "undone before it counted"
    batch = brought(ma, *rows)
    ma.post(f"/imports/batch/{batch.pk}/take-over/")
    assert agree_to_all(wu) == 1
    assert SchoolTrait.objects.count() == 2
    ma.post(f"/imports/batch/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert batch.state == "applied", "what counts is ended, not undone"
    row = SchoolTrait.objects.get(valid_to=None)
    assert ma.get(f"{TRAITS}{row.pk}/end/").status_code == 200
    ma.post(f"{TRAITS}{row.pk}/end/", {"day": "2026-06-01", **PAPER})
    agree_to_all(wu)
    assert not SchoolTrait.objects.filter(valid_to=None).exists()


def test_a_table_with_a_fault_is_not_taken_over(signed_in: SignedIn) -> None:
    builders.trait("heated_school")
    batch = brought(
        signed_in(cast.ma()),
        "nowhere,meal_school,2025-09-01,,N",
        "school-1,heated_school,2026-01-01,,N",
        "school-1,meal_school,2026-01-01,2025-01-01,N",
        "school-1,meal_school,2025-09-01,,N",
        "school-1,meal_school,2026-02-01,,N",
    )
    assert batch.state == "refused"
    assert batch.faults == 4
    with as_the_site(), pytest.raises(IntegrityError), transaction.atomic():
        builders.trait("heated_school", since=LAST)


def test_another_county_and_a_school_reach_nothing(signed_in: SignedIn) -> None:
    builders.told("orphan")
    builders.trait("meal_school")
    row, trait = ToldInFull.objects.get(), SchoolTrait.objects.get()
    other = cast.person("fang", Role.AID_OFFICER, cast.bureau("990200"))
    fang, sun = signed_in(other), signed_in(cast.sun())
    for page in (f"{LISTS}{row.pk}/end/", f"{TRAITS}{trait.pk}/end/"):
        for window in (fang, sun):
            assert window.post(page, {"day": LAST, **PAPER}).status_code == 404
    for page in ("/aid/setup/terms/", LISTS, TRAITS, f"{TRAITS}new/"):
        assert sun.get(page).status_code == 404
        assert sun.post(page, TERM).status_code == 404
    assert "Bureau" not in text(fang.get(LISTS))
    assert "school-1" not in text(fang.get(TRAITS))
    refused = fang.post(f"{TRAITS}new/", {**MEAL, **PAPER, "since": "2020-09-01"})
    assert "no school with the code" in text(refused, 422)
    assert fang.get("/imports/aid.school_traits/?place=990100").status_code == 404
    with pytest.raises(terms.NotTheirCounty):
        terms.open_term(cast.counties(), "2025-2026-1", FIRST, LAST, by=other)
    with pytest.raises(approvals.NotTheirs):
        declaring.ask_for_traits(
            cast.counties(), [Trait("school-1", "meal_school", LAST, None, "N")], by=other
        )
    asked = declaring.ask_to_end(row, LAST, "N", by=cast.ma())
    with pytest.raises(approvals.NotTheirs):
        approvals.agree(asked, other)
    assert not Approval.objects.exclude(pk=asked.pk).exists()


def test_a_term_is_called_by_its_school_year_and_not_by_its_code() -> None:
    with translation.override("zh-hans"):
        assert term_name("2026-2027-1") == "2026—2027学年第一学期"
        assert term_name("2025-2026-2") == "2025—2026学年第二学期"
    with translation.override("en"):
        assert term_name("2026-2027-1") == "first term of 2026/2027"
    assert term_name("2026-07") == "2026-07"
