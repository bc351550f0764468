"""A check: only of those who signed, safe to be done twice and to be killed, with its receipt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from junheng.accounts.tests import cast
from junheng.aid.models import CheckHit, CheckRule, HouseholdVisit, LeftOut
from junheng.aid.services import authorising, cross_checking
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.households import builders as households
from junheng.cases.facade import case_of
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.commons.runs import contents, files_of
from junheng.commons.snapshots import thaw
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as evidence

pytestmark = pytest.mark.django_db


def quietly(_done: int, _total: int) -> None:
    """Nobody looks at the bar."""


def written(run: Run) -> dict[str, int]:
    assert run.receipt is not None
    counts: dict[str, int] = run.receipt["written"]
    return counts


def told(run: Run) -> dict[str, int]:
    """What the receipt says of the only register that was asked."""
    assert run.receipt is not None
    (one,) = run.receipt["registers"].values()
    counts: dict[str, int] = one
    return counts


def test_a_car_flags_a_household_that_signed_and_opens_a_case_in_its_village() -> None:
    visit = build.flagged()
    hit, case = build.only_hit(visit), case_of("aid.household_visit", visit.number)
    assert (hit.register, hit.step, hit.certain, hit.wrong) == ("vehicle", "exact", True, None)
    assert (hit.source, hit.as_of) == ("Department of vehicle", build.today())
    assert 0.99 < hit.probability <= 1
    assert "98000" in str(hit.sealed)
    assert "田大山" not in str(hit.sealed)
    assert build.NUMBER not in str(hit.sealed)
    assert case is not None
    assert (case.path, case.state) == (visit.household.village.path, "open")
    assert "田" not in case.title


def test_nobody_is_asked_about_who_has_not_signed() -> None:
    build.home()
    build.rule()
    build.delivered({})
    run = build.checked()
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 0
    assert (told(run)["people"], told(run)["hits"]) == (0, 0)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"registers": ["deposit"]}, id="for another register"),
        pytest.param({"valid_to": build.today()}, id="until yesterday"),
    ],
)
def test_a_signature_counts_for_its_registers_and_days_only(given: dict[str, Any]) -> None:
    build.signed(build.home(), **given)
    build.rule()
    build.delivered({})
    build.checked()
    assert CheckHit.objects.count() == 0


def test_a_withdrawn_signature_asks_nothing_also_when_it_is_withdrawn_during_a_check() -> None:
    row = build.signed(build.home())
    build.rule()
    build.delivered({})
    run = build.asked()
    authorising.withdraw(row, by=cast.tian())
    cross_checking.execute(run, quietly)
    assert written(run)["withdrawn"] == 1
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 0
    build.checked()
    assert CheckHit.objects.count() == 0


@pytest.mark.parametrize(
    ("rows", "hits"),
    [
        pytest.param([{"price": "9800"}], 0, id="a cheap tricycle"),
        pytest.param([{"price": None}], 0, id="a price nobody told is no yes"),
        pytest.param([{"price": "9800"}, {"plate": "云Z2"}], 1, id="the second of two cars"),
        pytest.param([{"resident_id": "990100800101001"}], 1, id="an old number of 15 digits"),
        pytest.param([{"name": "周小雨"}], 0, id="the number under another name"),
    ],
)
def test_which_cars_count(rows: list[dict[str, Any]], hits: int) -> None:
    build.signed(build.home())
    build.rule()
    build.delivered(*rows)
    build.checked()
    assert CheckHit.objects.filter(certain=True).count() == hits


def test_somebody_without_a_number_is_found_with_a_probability_and_no_certainty() -> None:
    build.signed(build.home())
    build.rule()
    build.delivered({"resident_id": None, "place_code": cast.VILLAGE})
    build.checked()
    hit = CheckHit.objects.get()
    assert (hit.certain, hit.step) == (False, "probable")
    assert 0.2 <= hit.probability < 1


def test_the_same_check_again_finds_nothing_new() -> None:
    build.flagged()
    first, again = Run.objects.get(), build.checked()
    assert written(again) == {
        "new_hits": 0, "visits": 0, "known": 1, "withdrawn": 0, "later": 0, "left_out": 0
    }  # fmt: skip
    assert again.result_sha256 == first.result_sha256
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 1


def test_a_newer_delivery_with_another_price_speaks_of_the_same_car() -> None:
    build.flagged()
    build.delivered({"price": "95000"}, as_of=build.today())
    build.checked()
    assert CheckHit.objects.count() == 1
    build.delivered({"plate": "云Z00002"}, as_of=build.today())
    build.checked()
    assert CheckHit.objects.count() == 2
    assert HouseholdVisit.objects.count() == 1


def test_a_check_whose_worker_is_killed_writes_nothing_and_then_once(monkeypatch: Any) -> None:
    build.signed(build.home())
    build.rule()
    build.delivered({})
    run = build.asked()

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cross_checking, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            cross_checking.execute(run, quietly)
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 0
    for _again in range(2):
        cross_checking.execute(run, quietly)
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 1


def test_the_receipt_names_rules_deliveries_and_counts_and_nobody() -> None:
    build.flagged()
    run = Run.objects.get()
    frozen = b"".join(thaw(run.snapshot).values()).decode()
    listing = contents(files_of(run)["hits.csv"]).decode()
    assert "649" in frozen
    assert CheckRule.objects.get().connection.deliveries.get().sha256 in frozen
    assert {name: told(run)[name] for name in ("households", "people", "rows", "hits")} == {
        "households": 1, "people": 1, "rows": 1, "hits": 1
    }  # fmt: skip
    assert told(run)["found_exact"] == 1
    for text in (frozen, listing, str(run.receipt)):
        assert "田大山" not in text
        assert build.NUMBER not in text
        assert "98000" not in text


def test_a_delivery_that_was_taken_back_is_not_asked() -> None:
    build.signed(build.home())
    build.rule()
    made = build.delivered({})
    run = build.asked()
    evidence.take_back(made.deliveries.get())
    with pytest.raises(Refusal, match="请重新核对"):
        cross_checking.execute(run, quietly)


def test_who_asks_and_what_there_is_to_ask() -> None:
    county = cast.counties()
    for by in (cast.tian(), cast.sun(), cast.qian()):
        with pytest.raises(cross_checking.NotTheirCounty):
            cross_checking.request_check(county, by=by, enqueue=lambda _run: None)
    with pytest.raises(cross_checking.NothingToAsk, match="没有生效的核对规则"):
        build.asked()
    build.rule()
    with pytest.raises(cross_checking.NothingToAsk, match="尚未交换"):
        build.asked()


def test_a_hit_written_past_the_services_needs_a_signature_too() -> None:
    hit = build.only_hit(build.flagged())
    other = build.home("H-2", "990100198001010026")
    row = build.signed(build.home("H-3", "990100198001010034"), registers=["deposit"])
    elsewhere = HouseholdVisit.objects.create(
        number="HV-2", household=other, reply_until=build.today()
    )
    stranger = build.head(other)
    for change in (
        {"household": other, "visit": elsewhere, "member": stranger},
        {"authorisation": row},
        {"register": "payroll"},
        {"member": stranger},
        {"visit": elsewhere},
        {"wrong": True},
    ):
        refused(hit, **change)
    authorising.withdraw(hit.authorisation, by=cast.tian())
    refused(hit)


def refused(hit: CheckHit, **change: Any) -> None:
    """The database takes no copy of a hit with this change."""
    copy = CheckHit.objects.get(pk=hit.pk)
    copy.pk, copy.mark = uuid4(), "y"
    for name, value in change.items():
        setattr(copy, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE aid_checkhit SET probability = 0.1",
        "UPDATE aid_checkhit SET wrong = true",
        "DELETE FROM aid_checkhit",
        "DELETE FROM aid_householdvisit",
        "UPDATE aid_householdvisit SET outcome = 'stays'",
        "UPDATE aid_checkauthorisation SET valid_to = valid_to + 1",
        "DELETE FROM aid_checkauthorisation",
        "UPDATE aid_checkrule SET least_fen = 1",
        "DELETE FROM aid_checkrule",
    ],
)
def test_what_was_found_signed_and_set_up_stays(statement: str) -> None:
    build.flagged()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_new_hits_wait_while_a_visit_is_being_decided() -> None:
    visit = build.flagged()
    HouseholdVisit.objects.filter(pk=visit.pk).update(
        heard_on=build.today(), heard_by=cast.tian(), met=True
    )
    build.delivered({"plate": "云Z00002"}, as_of=build.today())
    assert written(build.checked())["later"] == 1
    assert CheckHit.objects.count() == 1


def test_who_stands_in_a_list_of_need_and_in_no_household_is_listed_once() -> None:
    build.home()
    build.rule(Register.SUBSISTENCE, speaks="for")
    stranger = {"resident_id": "990100197001010013", "name": "程玉兰"}
    build.delivered(
        {},
        stranger | {"place_code": cast.VILLAGE},
        {"resident_id": None, "name": "杜长庚", "born_on": date(1949, 8, 8)},
        register=Register.SUBSISTENCE,
    )
    for _again in range(2):
        build.checked()
    found = {str(row.name): row for row in LeftOut.objects.all()}
    assert set(found) == {"程玉兰", "杜长庚"}
    assert found["程玉兰"].place == households.village()
    assert found["杜长庚"].place == cast.counties()


def test_nobody_is_called_left_out_by_a_register_of_property() -> None:
    build.flagged()
    with pytest.raises(IntegrityError, match="speaks for need"), transaction.atomic():
        LeftOut.objects.create(
            run=Run.objects.get(), rule=CheckRule.objects.get(), place=cast.counties(), path="/",
            register="vehicle", source="x", as_of=build.today(), name="x", mark="x",
        )  # fmt: skip


def test_a_signature_that_is_none() -> None:
    home = build.home()
    child = households.member(home, born_on=build.today() - timedelta(days=4_000))
    stranger = build.head(build.home("H-2", "990100198001010026"))
    wrong: list[dict[str, Any]] = [
        {"signed_by": child},
        {"signed_by": stranger},
        {"signed_on": build.today() + timedelta(days=1)},
        {"valid_to": build.today() + timedelta(days=2_000)},
        {"registers": []},
        {"registers": ["household"]},
        {"paper": " "},
        {"by": cast.sun()},
    ]
    for given in wrong:
        with pytest.raises(authorising.NotSigned):
            build.signed(home, **given)
    row = build.signed(home)
    with pytest.raises(authorising.NotSigned):
        authorising.withdraw(row, by=cast.qian())
    authorising.withdraw(row, by=cast.ma())
    with pytest.raises(authorising.IsWithdrawn):
        authorising.withdraw(row, by=cast.ma())
