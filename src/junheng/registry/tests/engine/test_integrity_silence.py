"""A false alarm stays silent while only days go by, and speaks again when a fact changes: by check.

Each case makes one finding, lets another day pass, then changes what the finding is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from junheng.registry.engine.integrity.check import Finding, find
from junheng.registry.engine.integrity.running import BY_KEY
from junheng.registry.engine.integrity.tables import connect, set_out
from junheng.registry.tests.engine.test_integrity_rules import (
    DAYS,
    LIMITS,
    ON,
    SNAPSHOT,
    called,
    mark,
    pupil,
    row,
)

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine

TOMORROW = ON + timedelta(days=1)
BORN = date(2018, 3, 5)
CIVIL = {"entry": "v", "id_key": "ip1", "sound_key": "op1", "status_on": date(2026, 1, 1)}


def away(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "absent", 12)


def elsewhere_too(engine: Engine) -> None:
    pupil(engine, "p1")
    called(engine)
    mark(engine, "p1", "guest", 12, at="c2")


def sits_elsewhere(engine: Engine) -> None:
    elsewhere_too(engine)
    engine.execute("INSERT INTO marks BY NAME SELECT 'x' AS entry, class, school, day, "
                   "'absent' AS mark, 'p1' AS pupil FROM calls")  # fmt: skip


def with_guardian(years: int) -> Callable[[Engine], None]:
    def made(engine: Engine) -> None:
        pupil(engine, "p1")
        born = BORN.replace(year=BORN.year - years)
        row(engine, "guardians", pupil="p1", relation="52", id_key="g", id_born=born)

    return made


def civil(status: str) -> Callable[[Engine], None]:
    def made(engine: Engine) -> None:
        pupil(engine, "p1")
        row(engine, "civil", **CIVIL, status=status)

    return made


def two(**facts: object) -> Callable[[Engine], None]:
    """Two records that share these facts."""

    def made(engine: Engine) -> None:
        pupil(engine, "p1", **({"sound_key": "o1"} | facts))
        pupil(engine, "p2", **({"sound_key": "o2"} | facts))

    return made


def likely_one(engine: Engine) -> None:
    two(household_key="h1", name_key="n", sound_key="o")(engine)
    engine.execute("UPDATE pupils SET id_key = NULL, school = 's2' WHERE pupil = 'p2'")


def left(engine: Engine) -> None:
    pupil(engine, "p1", state="left", since=date(2026, 9, 2))
    mark(engine, "p1", "guest", 3, at="c2")


def doubtful(engine: Engine) -> None:
    away(engine)
    engine.execute(PUPIL.format("id_state = 'faulty'"))


def on_a_roll(number: str) -> Callable[[Engine], None]:
    def made(engine: Engine) -> None:
        pupil(engine, "p1", household_key="h1", id_but_area="a")
        row(engine, "elsewhere", entry=number, district="990200", id_key=number, sound_key="op1",
            name_key="np1", born_on=BORN, sex="1", household_key="h1", id_state="faulty",
            id_but_area="a")  # fmt: skip

    return made


def alone(**facts: object) -> Callable[[Engine], None]:
    return lambda engine: pupil(engine, "p1", **facts)


PUPIL, MARKS = "UPDATE pupils SET {} WHERE pupil = 'p1'", "UPDATE marks SET {} WHERE mark = 'guest'"
CASES: dict[str, tuple[Callable[[Engine], None], str]] = {
    "number_fails": (alone(id_state="faulty"), PUPIL.format("id_key = 'other'")),
    "birth_date_differs": (alone(born_on=date(2018, 5, 3)), PUPIL.format("born_on = '2018-05-04'")),
    "sex_differs": (alone(sex="2"), PUPIL.format("id_key = 'other'")),
    "impossible_age": (alone(grade=9), PUPIL.format("grade = 8")),
    "guardian_younger": (with_guardian(0), "UPDATE guardians SET id_key = 'other'"),
    "guardian_too_young": (with_guardian(8), "UPDATE guardians SET id_key = 'other'"),
    "class_of_another_school": (alone(class_school="s2"), PUPIL.format("class = 'c7'")),
    "two_classes": (elsewhere_too, MARKS.format("class = 'c3'")),
    "record_elsewhere": (sits_elsewhere, MARKS.format("class = 'c3', school = 's3'")),
    "no_record": (
        lambda engine: mark(engine, None, "guest", 3, at="c2", id_key="i9"),
        "INSERT INTO elsewhere (entry, district, id_key) VALUES ('e1', '990200', 'i9')",
    ),
    "record_without_pupil": (away, "UPDATE marks SET mark = 'not_listed'"),
    "left_but_attending": (left, PUPIL.format("state = 'dropped_out'")),
    "died": (civil("died"), "UPDATE civil SET status_on = '2026-02-01'"),
    "moved_away": (civil("moved"), "UPDATE civil SET status_on = '2026-02-01'"),
    "registration_cancelled": (civil("cancelled"), "UPDATE civil SET status_on = '2026-02-01'"),
    "doubtful": (doubtful, "INSERT INTO civil (entry, id_key) VALUES ('v', 'ip1')"),
    "one_number_two_pupils": (two(id_key="i"), PUPIL.format("school = 's9'")),
    "same_child": (two(id_key="i", sound_key="o"), PUPIL.format("school = 's9'")),
    "same_child_elsewhere": (on_a_roll("ip1"), "UPDATE elsewhere SET district = '990300'"),
    "likely_same_child": (likely_one, PUPIL.format("born_on = '2018-03-06'")),
    "likely_elsewhere": (on_a_roll("i9"), "UPDATE elsewhere SET district = '990300'"),
}


def found(engine: Engine, key: str, *, on: date = ON) -> Finding:
    set_out(engine, replace(SNAPSHOT, on=on, limits=replace(LIMITS, signs=3)))
    [one] = find(BY_KEY[key], engine)
    return one


def test_there_is_a_case_for_every_check() -> None:
    assert CASES.keys() == BY_KEY.keys()


@pytest.mark.parametrize("key", CASES)
def test_only_a_fact_breaks_the_silence_and_no_day(key: str) -> None:
    arrange, change = CASES[key]
    with connect(threads=1) as engine:
        arrange(engine)
        before = found(engine, key)
        for table in ("calls", "marks"):
            engine.execute(
                f"INSERT INTO {table} BY NAME SELECT * REPLACE (DATE '{TOMORROW}' AS day) "  # noqa: S608 -- names of ours
                f"FROM {table} WHERE day = DATE '{DAYS[0]}'"
            )
        next_day = found(engine, key, on=TOMORROW)
        assert (next_day.pupil, next_day.other) == (before.pupil, before.other)
        assert next_day.fingerprint == before.fingerprint
        engine.execute(change)
        after = found(engine, key, on=TOMORROW)
    assert after.fingerprint != before.fingerprint
