"""The pages of figures over a district of 100,000 pupils with six school years of history.

    python -m benchmarks.yearly_return [--pupils 100000] [--var FOLDER]

The invented county, with classes and pupils added until there are enough; their history is
written in SQL without triggers, which is not measured. Pages are asked in this process, each
nine times, and the middle is printed; the bar is that of requirement REG-6.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

from benchmarks.shared.installation import installation

BAR_MS, TIMES, IN_A_CLASS, YEAR, YEARS = 300, 9, 46, 2026, 6
CLASSES = """
    INSERT INTO registry_schoolclass (organisation_id, school_year, grade, number, size,
        counted_on, by_register)
    SELECT organisation_id, %(year)s, grade, number + 30 * copy, %(size)s, '2026-09-01', true
    FROM registry_schoolclass, generate_series(0, 9) AS copy
    WHERE school_year = %(year)s - 1
    ORDER BY copy, id LIMIT %(classes)s
"""
PUPILS = """
    INSERT INTO registry_pupil (id, number, organisation_id, name, resident_id_key,
        national_number_key, household_key, born_on, sex, ethnicity, entered_on, entered_by_id)
    SELECT gen_random_uuid(), 'B' || class.id || '-' || seat, class.organisation_id, '\\x01',
        '', '', '', make_date(%(year)s - 6 - class.grade, 3, 1 + seat %% 28), 1 + seat %% 2, '01',
        make_date(%(year)s, 9, 1), %(user)s
    FROM registry_schoolclass class, generate_series(1, %(size)s) AS seat
    WHERE class.school_year = %(year)s AND class.by_register
"""
STANDINGS = """
    INSERT INTO registry_standing (pupil_id, organisation_id, school_year, grade, school_class_id,
        state, valid_from, valid_to, completed, movement, paper, entered_by_id, recorded_at)
    SELECT pupil.id, class.organisation_id, %(year)s - ago, class.grade - ago,
        CASE WHEN ago = 0 THEN class.id END, 'studying', make_date(%(year)s - ago, 9, 1),
        CASE WHEN ago > 0 THEN make_date(%(year)s - ago + 1, 9, 1) END, ago > 0, 'moved_up', '',
        %(user)s, now()
    FROM registry_pupil pupil
    JOIN registry_schoolclass class ON class.id = split_part(substr(pupil.number, 2), '-', 1)::int
    CROSS JOIN generate_series(0, %(years)s - 1) AS ago
    WHERE pupil.number LIKE 'B%%'
        AND class.grade - ago >= CASE WHEN class.grade > 6 THEN 7 ELSE 1 END
"""
PAGES = (
    "statistics/",
    "statistics/?day=2024-10-15",
    "statistics/schools/",
    "statistics/classes/",
    "statistics/pupils/?level=primary&grade=1&sex=2",
    "equity/",
    "class-sizes/",
    "staff/",
    "rotation/",
)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pupils", type=int, default=100_000)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with installation(options.var, JUNHENG_DEMO="1", JUNHENG_AS_OWNER="1"):
        return measure(options.pupils)


def measure(pupils: int) -> int:
    """Print one line for each page; 1 if one is over the bar."""
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    made = district(pupils)
    print(f"{made:,} pupils")
    slowest = max(median(page) for page in PAGES)
    return int(slowest > BAR_MS)


def district(pupils: int) -> int:
    """Classes of the running year full of pupils, each with a line of standings."""
    from django.db import connection, transaction

    from junheng.accounts.models import User
    from junheng.registry.models import Pupil

    if Pupil.objects.exists():
        return Pupil.objects.count()
    facts = {
        "year": YEAR,
        "size": IN_A_CLASS,
        "classes": pupils // IN_A_CLASS + 1,
        "user": User.objects.order_by("pk")[0].pk,
        "years": YEARS,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (CLASSES, PUPILS, STANDINGS):
            cursor.execute(statement, facts)
            print(f"  {cursor.rowcount:,} rows")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    named()
    return Pupil.objects.count()


def named() -> None:
    """Names for those whom the page of pupils shows: only Python can seal them."""
    from junheng.registry.models import Standing

    first = Standing.objects.open().filter(grade=1, pupil__sex="2").select_related("pupil")
    for standing in first.order_by("organisation__code", "pupil__number")[:IN_A_CLASS]:
        standing.pupil.name = "x"
        standing.pupil.save(update_fields=["name"])


def median(page: str) -> float:
    """Milliseconds of the middle answer."""
    from django.test import Client

    from junheng.accounts.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="leader"))
    took = []
    for _time in range(TIMES + 1):
        start = time.perf_counter()
        answer = client.get(f"/registry/{page}")
        took.append((time.perf_counter() - start) * 1_000)
        assert answer.status_code == 200, (page, answer.status_code)
    middle = statistics.median(took[1:])
    print(f"{page:45} {middle:7.0f} ms   (bar {BAR_MS} ms)", flush=True)
    return middle


if __name__ == "__main__":
    sys.exit(main())
