"""The turn of the year of a district: 100,000 pupils planned, moved up, and put back.

    python -m benchmarks.roll_over [PUPILS]

A site in a folder of its own, under the role that the site works with: history, triggers and the
counting of classes all take part. Also the draw of a large grade into its classes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.shared.installation import installation

if TYPE_CHECKING:
    from junheng.places.facade import Place

BAR_SECONDS = 30.0
PUPILS, A_CLASS, CLASSES, GRADES = 100_000, 45, 3, 6
"""Schools are as many as are needed, with so many classes in each of six grades."""

EVERYBODY = """
    WITH made AS (
        INSERT INTO registry_pupil (id, number, organisation_id, name, resident_id_key,
            national_number_key, household_key, born_on, sex, ethnicity, entered_on, entered_by_id
           )
        SELECT gen_random_uuid(), 'PU-' || class.id || '-' || place, class.organisation_id, '',
            '', '', '', '2017-05-01', (1 + place %% 2)::text, '', '2025-09-01', %(by)s
        FROM registry_schoolclass AS class, generate_series(1, %(size)s) AS place
        RETURNING id, number, organisation_id)
    INSERT INTO registry_standing (pupil_id, organisation_id, school_year, grade, school_class_id,
        state, valid_from, completed, movement, paper, entered_by_id, recorded_at)
    SELECT made.id, made.organisation_id, 2025, class.grade, class.id, 'studying', '2025-09-01',
        false, 'entered', '', %(by)s, now()
    FROM made JOIN registry_schoolclass AS class ON class.id = split_part(made.number, '-', 2)::int
"""


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PUPILS
    with installation():
        slowest = measure(district(count))
    print(f"bar: {BAR_SECONDS:.0f} s, {'kept' if slowest <= BAR_SECONDS else 'BROKEN'}")
    return slowest > BAR_SECONDS


def district(count: int) -> Place:
    """A county with so many pupils, all of them in classes of 45."""
    from django.db import connection, transaction

    from junheng.accounts.tests import cast
    from junheng.registry.models import SchoolClass, Standing
    from junheng.registry.tests import builders

    county = cast.counties()
    schools = [cast.school(f"school-{n}") for n in range(-(-count // (A_CLASS * CLASSES * GRADES)))]
    for school in schools:
        builders.facts(school, entry_classes=CLASSES)
    SchoolClass.objects.bulk_create(
        SchoolClass(
            organisation=school,
            school_year=2025,
            grade=grade,
            number=number,
            size=0,
            counted_on=builders.START,
        )
        for school in schools
        for grade in range(1, GRADES + 1)
        for number in range(1, CLASSES + 1)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        statement = EVERYBODY.format(more="", values="")
        cursor.execute(statement, {"by": cast.li().pk, "size": A_CLASS})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{Standing.objects.count():,} pupils, {SchoolClass.objects.count():,} classes")
    return county


def measure(county: Place) -> float:
    """Print how long each step takes; the longest one."""
    from junheng.accounts.tests import cast
    from junheng.kernel.school_year import SchoolYear
    from junheng.registry.models import SchoolClass
    from junheng.registry.services import roll_overs, turning

    row = roll_overs.request_plan(county, SchoolYear(2025), by=cast.li())
    took = [timed("plan (dry run)", lambda: roll_overs.make_plan(row.pk))]
    agreed = {"asked_by": cast.li(), "approved_by": cast.wu()}
    took.append(timed("agree (compared with the plan)", lambda: roll_overs.begin(row.pk, **agreed)))
    took.append(timed("move up", lambda: turning.carry_out(row.pk)))
    row.refresh_from_db()
    print(f"{'':32} {row.counts['moved']:,} moved, {row.counts['graduated']:,} graduated")
    large = SchoolClass.objects.of_year(2026).order_by("-size").values_list("size", flat=True)[0]
    print(f"{'':32} largest class {large}")
    took.append(timed("undo", lambda: turning.undo(row.pk)))
    timed("draw of 1,000 into 20 classes", a_draw)
    return max(took)


def a_draw() -> None:
    from junheng.registry.engine.class_assignment import NewClass, Newcomer, assign

    pupils = [Newcomer(f"{n:04}", "12"[n * 7 % 2], n * 37 % 4, n % 3 == 0) for n in range(1_000)]
    assign(pupils, [NewClass(n, 55) for n in range(1, 21)], seed="bench", year=2026)


def timed(what: str, call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    took = time.perf_counter() - began
    print(f"{what:32} {took:8.2f} s")
    return took


if __name__ == "__main__":
    sys.exit(main())
