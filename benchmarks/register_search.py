"""Finding a pupil among a million by the beginning of a name, by initials, by a whole number.

    python -m benchmarks.register_search [--pupils 1000000] [--asks 400] [--var FOLDER]

An embedded database of its own. Ten counties with 130 schools each; names as frequent as in the
demo county, each under all its search keys. Triggers are off while the rows come, since it is
searching that is measured. What is timed is the whole question: the scope of who asks, and the
pupils found, up to the 500 that a list shows.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.shared.installation import installation

BAR_MS = 50.0
COUNTIES, SCHOOLS = 10, 130
WARM_UP = 20
PUPIL_COLUMNS = (
    *("id", "number", "organisation_id", "name", "resident_id_key", "national_number_key"),
    *("household_key", "sex", "ethnicity", "entered_on", "entered_by_id"),
)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pupils", type=int, default=1_000_000)
    asked.add_argument("--asks", type=int, default=400)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with installation(options.var, JUNHENG_AS_OWNER="1"):
        return measure(options.pupils, options.asks)


def measure(pupils: int, asks: int) -> int:
    """Print one line for each question; 1 if the slowest is over the bar."""
    from junheng.registry.models import Pupil, PupilSearchKey

    began = time.perf_counter()
    names = fill(pupils)
    print(
        f"{Pupil.objects.count():,} pupils, {PupilSearchKey.objects.count():,} keys "
        f"(written in {time.perf_counter() - began:.0f} s, not counted)"
    )
    print("\n| asked for | scope | found, median | median ms | 95 % ms | largest ms |")
    print("|---|---|---|---|---|---|")
    worst = 0.0
    for scope, user in people().items():
        for what, question in questions(names).items():
            worst = max(worst, ask(what, scope, user, question, asks))
    print(f"\nslowest 95th percentile: {worst:.1f} ms (bar {BAR_MS:.0f} ms)")
    return int(worst > BAR_MS)


def ask(what: str, scope: str, user: Any, question: Callable[[], str], asks: int) -> float:
    from junheng.registry.selectors.search import find_pupils

    for _each in range(WARM_UP):
        find_pupils(user, question())
    took, found = [], []
    for _each in range(asks):
        words = question()
        began = time.perf_counter()
        answer = find_pupils(user, words)
        took.append((time.perf_counter() - began) * 1000)
        found.append(len(answer.pupils))
    took.sort()
    found.sort()
    at95 = took[int(len(took) * 0.95)]
    middle = took[len(took) // 2]
    print(
        f"| {what} | {scope} | {found[len(found) // 2]} | {middle:.1f} | {at95:.1f} "
        f"| {took[-1]:.1f} |",
        flush=True,
    )
    return at95


def questions(names: list[str]) -> dict[str, Callable[[], str]]:
    """What is asked, as often as there are pupils of such a name."""
    from junheng.registry.engine.search_keys import initials_of

    chance = random.Random(1)

    def name() -> str:
        return chance.choice(names)

    return {
        "one character": lambda: name()[:1],
        "two characters": lambda: name()[:2],
        "whole name": name,
        "one initial": lambda: initials_of(name())[0][:1],
        "two initials": lambda: initials_of(name())[0][:2],
        "all initials": lambda: initials_of(name())[0],
        "whole ID number": lambda: number(chance.randrange(100_000)),
    }


def number(n: int) -> str:
    return f"99{n:015d}0"


# ------------------------------------------------------------------------------- the million


def people() -> dict[str, Any]:
    """Somebody with a post for ten counties, for one, for a school."""
    from junheng.accounts.models import User
    from junheng.accounts.tests import cast
    from junheng.places.models import Organisation, OrganisationKind, Role

    bureau = Organisation.objects.get(code="bureau-0")
    city = cast.organisation("city", OrganisationKind.BUREAU, at=cast.PREFECTURE)
    school = Organisation.objects.get(code="school-0-0")
    made: dict[str, User] = {
        "ten counties": cast.person("c", Role.ADMISSIONS_OFFICER, city),
        "a county": cast.person("a", Role.ADMISSIONS_OFFICER, bureau),
        "a school": cast.person("b", Role.SCHOOL_CLERK, school),
    }
    return made


def fill(pupils: int) -> list[str]:
    """Places, schools and pupils; the names that there are, as often as they are."""
    import numpy as np
    from django.db import connection, transaction

    from junheng.accounts.tests import cast
    from junheng.commons.copying import copy_rows
    from junheng.registry.demo.register.persons import persons_of
    from junheng.registry.models import Pupil, PupilSearchKey
    from junheng.registry.models.search import key_rows

    few = 100_000
    cohort, town = 2012 + np.arange(few) % 9, np.arange(few) % 500
    names = persons_of(cohort, town, 1).names
    schools = organisations()
    if Pupil.objects.exists():
        return names
    by = cast.li().pk  # asked for before the COPY: nothing else may be asked while it lasts
    who = [(uuid.uuid4(), schools[n * 7919 % len(schools)], names[n % few]) for n in range(pupils)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        copy_rows(Pupil, PUPIL_COLUMNS, pupil_rows(who, by))
        columns = ("pupil_id", "part", "organisation_id", "token")
        copy_rows(PupilSearchKey, columns, key_rows(who))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_pupil, registry_pupilsearchkey")
    return names


def pupil_rows(who: list[tuple[uuid.UUID, int, str]], by: int) -> Iterator[tuple[Any, ...]]:
    """Rows of pupils; what is sealed is never opened here, and so the same for all."""
    from junheng.commons.sealing import steady_keys
    from junheng.registry.services.keys import resident_id_key

    day = date(2026, 9, 1)
    with steady_keys():
        for n, (pupil, school, _name) in enumerate(who):
            key = resident_id_key(number(n)) if n < 100_000 else f"K{n}"
            yield pupil, f"N{n}", school, b"sealed", key, f"T{n}", f"H{n}", "1", "01", day, by


def organisations() -> list[int]:
    """Ten counties with their schools."""
    from junheng.accounts.tests import cast
    from junheng.places.models import Level, Organisation, OrganisationKind

    cast.counties()
    for n in range(COUNTIES):
        code = f"9901{10 + n}"
        cast.place(code, f"County {n}", Level.COUNTY, cast.PREFECTURE)
        cast.organisation(f"bureau-{n}", OrganisationKind.BUREAU, at=code)
        for m in range(SCHOOLS):
            cast.organisation(f"school-{n}-{m}", OrganisationKind.PRIMARY, at=code)
    rows = Organisation.objects.filter(code__startswith="school-").order_by("pk")
    return list(rows.values_list("pk", flat=True))


if __name__ == "__main__":
    sys.exit(main())
