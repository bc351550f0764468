"""By hand: one child or two, and what changes the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from junheng.registry.engine.integrity.check import Finding, Repair, count, find
from junheng.registry.engine.integrity.running import BY_KEY, run_checks
from junheng.registry.engine.integrity.tables import Snapshot, connect, fill, set_out
from junheng.registry.files.integrity_limits import limits_on
from junheng.registry.tests.engine.population import DELIVERED

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine


ON = date(2026, 11, 20)
DAYS = [ON - timedelta(days=back) for back in range(12)]
LIMITS = limits_on(ON)
SNAPSHOT = Snapshot(on=ON, school_year=2026, delivered=DELIVERED, limits=LIMITS)


@pytest.fixture
def engine() -> Iterator[Engine]:
    with connect(threads=1) as made:
        yield made


def pupil(engine: Engine, ref: str, **facts: Any) -> None:
    usual = {
        "pupil": ref, "school": "s1", "grade": 3, "class": "c1", "class_school": "s1",
        "class_grade": 3, "state": "studying", "since": date(2026, 9, 1),
        "entered_on": date(2024, 9, 1), "name_key": f"n{ref}", "sound_key": f"o{ref}",
        "sound_1": "x", "sound_2": f"y{ref}", "sound_3": f"z{ref}", "id_key": f"i{ref}",
        "id_state": "sound", "id_born": date(2018, 3, 5), "born_on": date(2018, 3, 5),
        "sex": "1", "id_sex": "1",
    }  # fmt: skip
    row(engine, "pupils", **(usual | facts))


def row(engine: Engine, table: str, **facts: Any) -> None:
    fill(engine, table, {name: [value] for name, value in facts.items()})


def called(engine: Engine, school_class: str = "c1", school: str = "s1", days: int = 12) -> None:
    for day in DAYS[:days]:
        row(engine, "calls", **{"class": school_class, "school": school, "day": day})


def mark(
    engine: Engine, ref: str | None, what: str, days: int, at: str = "c1", **facts: Any
) -> None:
    for day in DAYS[:days]:
        usual = {"entry": f"m{ref}{day}", "class": at, "school": f"s{at[1:]}", "day": day}
        row(engine, "marks", **(usual | {"mark": what, "pupil": ref} | facts))


def findings(engine: Engine, key: str, **limits: Any) -> list[Finding]:
    set_out(engine, replace(SNAPSHOT, limits=replace(LIMITS, **limits)))
    found = find(BY_KEY[key], engine)
    assert count(BY_KEY[key], engine) == len(found)
    return found


def test_a_check_without_its_table_is_undecided_and_says_which(engine: Engine) -> None:
    pupil(engine, "p1", state="left", class_school="s2")
    results = {r.check.key: r for r in run_checks(engine, replace(SNAPSHOT, delivered=frozenset()))}
    assert results["died"].missing == ("civil",)
    assert results["doubtful"].missing == ("attendance", "civil")
    assert results["same_child"].missing == ()
    assert all(not result.findings for result in results.values())


def test_a_table_that_nobody_knows_is_refused(engine: Engine) -> None:
    with pytest.raises(KeyError):
        fill(engine, "salaries", {"pupil": ["p1"]})


@pytest.mark.parametrize(
    ("born_on", "wrong"),
    [
        pytest.param(date(2019, 8, 31), False, id="five at the start of grade 1 is early"),
        pytest.param(date(2019, 9, 1), True, id="a day younger cannot be"),
        pytest.param(date(2014, 9, 1), False, id="nine at the start of grade 1 is late"),
        pytest.param(date(2014, 8, 31), True, id="a day older cannot be"),
    ],
)
def test_the_age_is_that_of_31_august(engine: Engine, born_on: date, wrong: bool) -> None:
    pupil(engine, "p1", born_on=born_on, id_born=born_on)
    assert bool(findings(engine, "impossible_age")) is wrong


def test_a_birth_date_can_be_mended_where_civil_registration_confirms_the_number(
    engine: Engine,
) -> None:
    pupil(engine, "p1", born_on=date(2018, 5, 3))
    assert [f.repair for f in findings(engine, "birth_date_differs")] == [Repair.NONE]
    row(engine, "civil", entry="v1", id_key="ip1", sound_key="op1", born_on=date(2018, 3, 5))
    [found] = findings(engine, "birth_date_differs")
    assert found.repair == Repair.BIRTH_DATE
    assert found.figures == {
        "recorded": "2018-05-03", "in_number": "2018-03-05", "civil": "2018-03-05",
    }  # fmt: skip


def test_a_birth_date_is_not_mended_by_somebody_of_another_name(engine: Engine) -> None:
    pupil(engine, "p1", born_on=date(2018, 5, 3))
    row(engine, "civil", entry="v1", id_key="ip1", sound_key="other", born_on=date(2018, 3, 5))
    assert [f.repair for f in findings(engine, "birth_date_differs")] == [Repair.NONE]


@pytest.mark.parametrize(
    ("relation", "born", "younger", "too_young"),
    [
        pytest.param("52", date(2006, 3, 5), 0, 0, id="a mother of just twelve years more"),
        pytest.param("52", date(2006, 3, 6), 0, 1, id="a mother of a day less"),
        pytest.param("73", date(2012, 3, 6), 0, 0, id="an elder sister"),
        pytest.param("73", date(2018, 3, 5), 1, 0, id="a sister of the same day is none"),
    ],
)
def test_how_old_a_guardian_has_to_be(
    engine: Engine, relation: str, born: date, younger: int, too_young: int
) -> None:
    pupil(engine, "p1")
    row(engine, "guardians", pupil="p1", relation=relation, id_key="g", id_born=born)
    assert len(findings(engine, "guardian_younger")) == younger
    assert len(findings(engine, "guardian_too_young")) == too_young


def test_ten_days_unseen_are_a_record_without_a_pupil_and_nine_are_not(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "absent", 9)
    assert not findings(engine, "record_without_pupil")
    row(engine, "marks", **{"class": "c1", "day": DAYS[9], "mark": "not_listed", "pupil": "p1"})
    [found] = findings(engine, "record_without_pupil")
    assert found.figures["days"] == 10
    assert found.figures["not_listed"] is True


def test_an_ill_child_is_not_a_record_without_a_pupil(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "excused", 12)
    assert not findings(engine, "record_without_pupil")


def test_a_class_that_delivered_too_few_days_accuses_nobody(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine, days=9)
    mark(engine, "p1", "absent", 9)
    assert not findings(engine, "record_without_pupil")


def test_days_before_the_record_began_do_not_count(engine: Engine) -> None:
    pupil(engine, "p1", since=DAYS[5])
    called(engine)
    mark(engine, "p1", "absent", 12)
    assert not findings(engine, "record_without_pupil")


def test_a_finding_keeps_its_fingerprint_while_only_days_go_by(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "absent", 10)
    [before] = findings(engine, "record_without_pupil", absent_days=9)
    [after] = findings(engine, "record_without_pupil", absent_days=10)
    assert before.figures != after.figures
    assert before.fingerprint == after.fingerprint


def test_a_finding_has_another_fingerprint_when_its_facts_change(engine: Engine) -> None:
    pupil(engine, "p1", class_school="s2")
    [before] = findings(engine, "class_of_another_school")
    engine.execute("UPDATE pupils SET class = 'c7'")
    [after] = findings(engine, "class_of_another_school")
    assert before.fingerprint != after.fingerprint


def test_a_child_that_its_own_class_has_present_too_is_in_two_classes(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "guest", 3, at="c2")
    assert findings(engine, "two_classes")[0].figures["days"] == 3
    assert not findings(engine, "record_elsewhere")


def test_a_child_that_its_own_class_misses_is_a_record_elsewhere(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "guest", 12, at="c2")
    mark(engine, "p1", "absent", 12)
    [found] = findings(engine, "record_elsewhere")
    assert (found.school, found.figures["record_at"]) == ("s2", "s1")
    assert not findings(engine, "two_classes")
    assert not findings(engine, "record_without_pupil")


def test_a_guest_without_a_number_is_known_by_sound_birthday_and_sex_if_only_one_can_be_meant(
    engine: Engine,
) -> None:
    facts = {"sound_key": "op1", "born_on": date(2018, 3, 5), "sex": "1"}
    pupil(engine, "p1")
    mark(engine, None, "guest", 2, at="c2", **facts)
    assert len(findings(engine, "record_elsewhere")) == 1
    pupil(engine, "p2", sound_key="op1")
    assert not findings(engine, "record_elsewhere")
    assert len(findings(engine, "no_record")) == 1


def test_a_child_without_a_record_says_which_district_has_it(engine: Engine) -> None:
    mark(engine, None, "guest", 4, at="c2", id_key="i9")
    row(engine, "elsewhere", entry="e1", district="990200", id_key="i9")
    [found] = findings(engine, "no_record")
    assert (found.other, found.figures["district"], found.figures["days"]) == ("e1", "990200", 4)


def test_a_suspended_child_that_is_away_is_no_finding(engine: Engine) -> None:
    pupil(engine, "p1", state="suspended")
    called(engine)
    mark(engine, "p1", "absent", 12)
    assert not findings(engine, "record_without_pupil")


def test_a_death_that_will_be_told_later_is_not_known_on_the_day(engine: Engine) -> None:
    pupil(engine, "p1")
    row(
        engine,
        "civil",
        entry="v1",
        id_key="ip1",
        status="died",
        status_on=ON + timedelta(days=1),
    )
    assert not findings(engine, "died")
    engine.execute("UPDATE civil SET status_on = DATE '2026-11-20'")
    assert len(findings(engine, "died")) == 1


def test_one_sign_alone_never_makes_a_record_doubtful(engine: Engine) -> None:
    pupil(engine, "p1", id_key=None, id_state="missing")
    assert not findings(engine, "doubtful")
    [found] = findings(engine, "doubtful", signs=2)
    assert found.figures == {"signs": ["no_number", "no_guardian"]}


TWIN = {"sound_1": "x", "sound_3": "z", "household_key": "h1"}


def test_twins_are_two_children_even_where_a_number_is_missing(engine: Engine) -> None:
    pupil(engine, "p1", **TWIN)
    pupil(engine, "p2", **TWIN, id_key=None, id_state="missing")
    assert not findings(engine, "likely_same_child")


def test_a_child_written_twice_is_found_though_a_character_and_the_number_are_wrong(
    engine: Engine,
) -> None:
    same = {"household_key": "h1", "sound_key": "o", "id_but_area": "a"}
    pupil(engine, "p1", **same)
    pupil(engine, "p2", **same, id_state="faulty", school="s2")
    [found] = findings(engine, "likely_same_child")
    assert (found.pupil, found.other) == ("p1", "p2")
    assert found.figures["number"] == "slip"
    assert found.figures["probability"] > 0.99


def test_a_home_of_many_children_ties_nobody_together(engine: Engine) -> None:
    for i in range(14):
        pupil(engine, f"p{i}", household_key="home", sound_key="o", name_key="n", id_key=None,
              born_on=date(2018, 1 + i % 12, 1 + i), id_born=None)  # fmt: skip
    assert not findings(engine, "likely_same_child")
