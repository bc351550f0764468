"""What the check of the cap costs a single change of class, in a district of 100,000 pupils.

    python -m benchmarks.cap_check [--pupils 100000] [--moves 300] [--var FOLDER]

Several hundred pupils change into the class beside theirs: the standing ends, the next one begins.
Each is timed by itself, in turns with the triggers that lock, count and judge classes and with
these triggers off, which only the owner of the tables can do; everything is then rolled back. The
last line is the whole service, with who may, the locks, the history and the commit.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.shared.installation import installation

BAR_MS, TURNS, DAY = 5.0, 4, date(2025, 10, 8)
CHECK = {
    "registry_standing": ("a_standing_in_its_class", "d_classes_are_counted", "e_grades_within"),
    "registry_schoolclass": ("cap_is_kept",),
}
PUPILS = """
    SELECT DISTINCT ON (mine.id) standing.id, standing.pupil_id, standing.organisation_id,
        standing.grade, other.id, standing.entered_by_id
    FROM registry_standing standing
    JOIN registry_schoolclass mine ON mine.id = standing.school_class_id
    JOIN registry_schoolclass other ON other.organisation_id = mine.organisation_id
        AND other.school_year = mine.school_year AND other.grade = mine.grade
        AND other.number = mine.number %% 3 + 1
    WHERE standing.valid_to IS NULL ORDER BY mine.id, standing.id LIMIT %s
"""
ENDS = "UPDATE registry_standing SET valid_to = %s WHERE id = %s"
BEGINS = """
    INSERT INTO registry_standing (pupil_id, organisation_id, school_year, grade, school_class_id,
        state, valid_from, completed, movement, paper, entered_by_id, recorded_at)
    VALUES (%s, %s, 2025, %s, %s, 'studying', %s, false, 'class_changed', '', %s, now())
"""


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pupils", type=int, default=100_000)
    asked.add_argument("--moves", type=int, default=300)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with installation(options.var, JUNHENG_AS_OWNER="1"):
        return measure(options.pupils, options.moves)


def measure(pupils: int, moves: int) -> int:
    """Print the medians; 1 if the check is over its bar."""
    from benchmarks.roll_over import district
    from junheng.registry.models import Standing

    if not Standing.objects.exists():
        district(pupils)
    print(f"{Standing.objects.open().count():,} pupils, {moves} changes of class a turn")
    took: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(TURNS):
        checked = turn % 2 == 0
        took[checked] += timed(moves, checked=checked)
    with_it, without = (statistics.median(took[checked]) for checked in (True, False))
    print(f"{'with the check':32} {with_it:8.2f} ms")
    print(f"{'without':32} {without:8.2f} ms")
    print(f"{'the check':32} {with_it - without:8.2f} ms  (bar {BAR_MS:.0f} ms)")
    print(f"{'the whole service, with commit':32} {statistics.median(served(moves)):8.2f} ms")
    return int(with_it - without > BAR_MS)


def timed(moves: int, *, checked: bool) -> list[float]:
    """Milliseconds of each change of class; nothing of them stays."""
    from django.db import connection, transaction

    took = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PUPILS, [moves])
        rows = cursor.fetchall()
        if not checked:
            switch_off(cursor)
        for standing, pupil, school, grade, to, by in rows:
            began = time.perf_counter()
            cursor.execute(ENDS, [DAY, standing])
            cursor.execute(BEGINS, [pupil, school, grade, to, DAY, by])
            took.append((time.perf_counter() - began) * 1_000)
        transaction.set_rollback(True)
    return took


def switch_off(cursor: Any) -> None:
    """The check's triggers, until the transaction is rolled back."""
    for table, names in CHECK.items():
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ %s",
            [table, f"^pgtrigger_({'|'.join(names)})"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{name}"')


def served(moves: int) -> list[float]:
    """Milliseconds of the service that a page calls."""
    from django.db import connection

    from junheng.accounts.tests import cast
    from junheng.registry.models import Pupil, SchoolClass
    from junheng.registry.services.movement_checks import Deed
    from junheng.registry.services.movements import change_class

    with connection.cursor() as cursor:
        cursor.execute(PUPILS, [moves])
        rows = cursor.fetchall()
    deed, took = Deed(by=cast.li(), on=DAY, paper="benchmark"), []
    for _standing, pupil, _school, _grade, to, _by in rows:
        who, where = Pupil.objects.get(pk=pupil), SchoolClass.objects.get(pk=to)
        began = time.perf_counter()
        change_class(who, where, deed)
        took.append((time.perf_counter() - began) * 1_000)
    return took


if __name__ == "__main__":
    sys.exit(main())
