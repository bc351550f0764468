"""The planned intake: begun once, changed while planned, kept by the list and by the database."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import FrozenList, PlannedIntake, Round, RoundAct
from junheng.admissions.selectors.plans import plan_of
from junheng.admissions.services import loading, making, planning, steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.tests.rounds import builders
from junheng.commons.models import Approval


@pytest.fixture
def planned(li: User) -> Round:
    the_round = builders.loaded(li)
    planning.begin_plan(the_round, by=li)
    return the_round


def changed(the_round: Round, li: User, code: str = "school-1", **figures: int) -> PlannedIntake:
    stands = {"classes": 1, "class_size": 2, "continuing": 0, "reserved": 0}
    return planning.change_row(the_round, code, by=li, **{**stands, **figures})


def test_a_plan_begins_with_the_loaded_schools_and_keeps_what_was_changed(
    planned: Round, li: User
) -> None:
    assert dict(planned.plan.values_list("code", "seats")) == {
        "school-1": 2,
        "school-2": 3,
        "school-3": 1,
    }
    changed(planned, li, classes=2)
    assert planning.begin_plan(planned, by=li) == 0
    assert planned.plan.get(code="school-1").seats == 4
    assert list(RoundAct.objects.filter(deed="planned").values_list("figures", flat=True)) == [
        {"schools": 3},
        {"school": "school-1", "seats": 4},
    ]


def test_no_class_is_planned_above_the_cap(planned: Round, li: User) -> None:
    """One class of 60 offers 55 seats; a cap of 56 is nothing that a table could hold."""
    assert changed(planned, li, class_size=60).seats == 55
    rows = PlannedIntake.objects.filter(round=planned, code="school-1")
    with pytest.raises(DatabaseError, match="planned_intake_cap"), transaction.atomic():
        rows.update(class_cap=56, seats=56)
    with pytest.raises(DatabaseError, match="seats_within_cap"), transaction.atomic():
        rows.update(seats=56)


def test_more_taken_than_there_is_comes_back_in_words(planned: Round, li: User) -> None:
    with pytest.raises(planning.NegativeSeats, match="2 seats; 3 are taken"):
        changed(planned, li, continuing=1, reserved=2)
    assert planned.plan.get(code="school-1").seats == 2


def announced(the_round: Round) -> making.Announced:
    return making.Announced("Near home.", the_round.born_from, the_round.born_by)


def sections(cap: int) -> dict[str, dict[str, object]]:
    head = {"class_cap": cap, "priority": ["tier", "ticket"], "choices_only": False}
    return {
        "round": head,
        "lottery": {"method": "hmac-sha256"},
        "diversion": {"mode": "zone"},
    }


@pytest.fixture
def typed(li: User) -> Round:
    """A round without files, planned by hand under a cap of 55."""
    named = {"ref": "2026-g1", "year": 2026, "level": "primary"}
    rules = sections(55)
    rules["round"] |= named
    made = making.make_round(builders.county(), rules, making.Announced("", None, None), by=li)
    for code, size in (("a", 60), ("b", 50), ("c", 40)):
        row = {"classes": 2, "class_size": size, "continuing": 6, "seats": 2 * min(size, 55) - 6}
        PlannedIntake.objects.create(round=made, code=code, path=made.path, **row)
    return made


def seats(the_round: Round) -> dict[str, tuple[int, int]]:
    rows = the_round.plan.values_list("code", "class_cap", "seats")
    return {code: (cap, count) for code, cap, count in rows}


def test_the_plan_follows_a_new_class_cap_and_keeps_sizes_as_they_were_typed(
    typed: Round, li: User
) -> None:
    assert making.change_round(typed, announced(typed), by=li, sections=sections(45)) == 2
    assert seats(typed) == {"a": (45, 84), "b": (45, 84), "c": (45, 74)}
    assert making.change_round(typed, announced(typed), by=li, sections=sections(55)) == 2
    assert seats(typed) == {"a": (55, 104), "b": (55, 94), "c": (55, 74)}


def test_a_cap_that_leaves_fewer_seats_than_are_taken_is_refused_by_school(
    typed: Round, li: User
) -> None:
    with pytest.raises(planning.NegativeSeats, match=r"With at most 2 pupils .* in: a, b, c"):
        making.change_round(typed, announced(typed), by=li, sections=sections(2))
    typed.refresh_from_db()
    assert typed.rules["class_cap"] == 55
    assert seats(typed)["a"] == (55, 104)


def test_the_plan_follows_the_cap_of_files_that_are_loaded_and_of_those_before(li: User) -> None:
    the_round = builders.loaded(li)
    planning.begin_plan(the_round, by=li)
    changed(the_round, li, class_size=50)
    builders.loaded(li, cap=40)
    assert seats(the_round)["school-1"] == (40, 40)
    loading.undo_loading(the_round)
    assert seats(the_round)["school-1"] == (55, 50)


def test_the_page_says_where_a_larger_class_counts_as_the_cap(planned: Round, li: User) -> None:
    changed(planned, li, class_size=60)
    shown = page(li).get(reverse("admissions:plan", args=[planned.pk])).content.decode()
    assert shown.count("counts as 55") == 1


def test_townships_add_up_against_expected_children(planned: Round, li: User) -> None:
    townships = {one.name: one for one in plan_of(planned, li)}
    chengguan = townships["Chengguan Township"]
    assert (chengguan.seats, chengguan.expected, chengguan.short) == (2, 4, 2)
    assert sum(one.expected or 0 for one in townships.values()) == 7


def test_a_school_sees_its_own_row_of_the_plan(planned: Round) -> None:
    rows = [row.code for one in plan_of(planned, cast.wang()) for row in one.rows]
    assert rows == ["school-1"]


def test_without_a_list_nobody_is_expected_and_nothing_is_zero(li: User) -> None:
    county = builders.county()
    the_round = Round.objects.create(
        place=county, path=county.path, ref="empty", year=2026, level="primary"
    )
    PlannedIntake.objects.create(
        round=the_round, code="s", classes=1, class_size=45, seats=45, path=county.path
    )
    (township,) = plan_of(the_round, li)
    assert (township.expected, township.rows[0].expected) == (None, None)


def test_a_round_without_a_seat_is_not_opened(li: User) -> None:
    the_round = builders.loaded(li)
    builders.named(the_round, li)
    for code in ("school-1", "school-2", "school-3"):
        changed(the_round, li, code, classes=0, class_size=45)
    with pytest.raises(planning.NoPlan):
        steps.ask(steps.OPEN, the_round, by=li)


def test_what_was_announced_stays_in_the_plan(li: User) -> None:
    the_round = builders.opened(li, cast.wu())
    with pytest.raises(OutOfTurn):
        changed(the_round, li, classes=2)
    with pytest.raises(OutOfTurn):
        planning.begin_plan(the_round, by=li)
    rows = PlannedIntake.objects.filter(round=the_round)
    with pytest.raises(DatabaseError, match="as it was announced"), transaction.atomic():
        rows.filter(code="school-1").update(classes=2, seats=4)
    with pytest.raises(DatabaseError, match="as it was announced"), transaction.atomic():
        rows._raw_delete("default")


def test_a_list_with_other_schools_than_the_plan_is_not_frozen(li: User) -> None:
    the_round = builders.opened(li, cast.wu())
    more = builders.SCHOOLS.replace("1,2,0,0", "2,2,0,0") + "school-4,,Elsewhere,,,1,1,0,0\n"
    the_round = builders.loaded(li, schools=more)
    assert the_round.input is not None
    told = [one.sentence() for one in planning.differences(the_round, the_round.input)]
    assert told == [
        "school-1: 1 classes in the plan, 2 in the files",
        "school-4 is in the files and not in the plan",
    ]
    with pytest.raises(planning.OtherThanPlanned, match="school-1: 1 classes"):
        steps.ask(steps.FREEZE, the_round, by=li, input=the_round.input_id or 0)
    asked = Approval.objects.earliest("asked_at")
    with pytest.raises(DatabaseError, match="not those of the plan"), transaction.atomic():
        FrozenList.objects.create(
            round=the_round,
            version=1,
            input_id=the_round.input_id or 0,
            list_sha256="0" * 64,
            content={},
            approval=asked,
        )


def page(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user)
    return client


def test_a_row_is_edited_where_it_stands_and_the_next_one_opens(planned: Round, li: User) -> None:
    officer, address = page(li), reverse("admissions:plan", args=[planned.pk])
    opened = officer.get(f"{address}?edit=school-1").content.decode()
    assert opened.count('form="plan-row"') == 6
    row = {"code": "school-1", "classes": "2", "class_size": "45", "continuing": "0"}
    change = reverse("admissions:change_plan", args=[planned.pk])
    saved = officer.post(change, {**row, "reserved": "5", "next": "1"})
    assert saved.headers["Location"] == f"{address}?edit=school-3#row"
    assert planned.plan.get(code="school-1").seats == 85
    refused = officer.post(change, {**row, "reserved": "500"})
    assert refused.status_code == 422
    assert "500 are taken already" in refused.content.decode()


def test_the_plan_is_begun_on_its_page_and_read_by_others(li: User) -> None:
    the_round = builders.loaded(li)
    page(li).post(reverse("admissions:begin_plan", args=[the_round.pk]))
    shown = page(cast.zheng()).get(reverse("admissions:plan", args=[the_round.pk]))
    assert "Chengguan Primary" in shown.content.decode()
    assert "plan/change" not in shown.content.decode()
