"""The tables that checks read, and how they are filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import duckdb

    Engine: TypeAlias = duckdb.DuckDBPyConnection

Columns = Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "4GB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

_PERSON = """
    name_key VARCHAR, sound_key VARCHAR, sound_1 VARCHAR, sound_2 VARCHAR, sound_3 VARCHAR,
    id_key VARCHAR, id_state VARCHAR, id_born DATE, id_sex VARCHAR,
    id_but_area VARCHAR, id_but_birth VARCHAR, id_but_order VARCHAR, id_but_end VARCHAR,
    born_on DATE, sex VARCHAR
"""

TABLES: dict[str, str] = {
    "pupils": f"""
        pupil VARCHAR, school VARCHAR, grade SMALLINT, class VARCHAR, class_school VARCHAR,
        class_grade SMALLINT, state VARCHAR, since DATE, entered_on DATE, batch VARCHAR,
        household_key VARCHAR, {_PERSON}
    """,
    "guardians": """
        pupil VARCHAR, relation VARCHAR, name_key VARCHAR, phone_key VARCHAR,
        id_key VARCHAR, id_born DATE
    """,
    "calls": "class VARCHAR, school VARCHAR, day DATE",
    "marks": f"""
        entry VARCHAR, class VARCHAR, school VARCHAR, day DATE, mark VARCHAR, pupil VARCHAR,
        {_PERSON}
    """,
    "elsewhere": f"""
        entry VARCHAR, district VARCHAR, since DATE, household_key VARCHAR,
        guardian_id_key VARCHAR, guardian_name_key VARCHAR, guardian_phone_key VARCHAR, {_PERSON}
    """,
    "civil": f"entry VARCHAR, status VARCHAR, status_on DATE, {_PERSON}",
}
"""By name, what each holds.

pupils: one row per record as on the day. `state` is studying, suspended, dropped_out, left or
    graduated, `since` the day from which it is so; `class_school` and `class_grade` are what the
    class itself says; `batch` is what the record was entered with, null if alone.
guardians: those of the day; `relation` by GB/T 4761.
calls: a roll call that a class delivered for a day.
marks: who in a roll call was not simply there. `mark` is absent, excused, not_listed (the class
    does not know the child) or guest (it sits there and is on the roll of no such class; `pupil`
    is the record it stated, or null).
elsewhere: records of children at school in other districts on the day.
civil: the register of residents; `status` is living, died, moved or cancelled since `status_on`.

Of a person: `id_state` is missing, sound, old (15 characters), lost_tail (a spreadsheet made
zeros of its end), other (a passport or travel permit) or faulty; `id_key` is the blind index of
whatever was written; the four others are those of the number without its digits 1 to 6, 7 to 14,
15 and 16, 16 to 18, so that a number with a slip is recognised; `id_born` and `id_sex` are what a
sound number says. `sound_1` to `sound_3` are blind indexes of how the surname, the next character
and the rest sound. What is not known is null.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far the checks go; the values, and where each comes from, are data of the installation.

    Attributes:
        absent_days: School days without a child after which its record counts as one without a
            pupil, at least 1.
        youngest, oldest: Years of age on 31 August at the start of grade 1 that still can be;
            one more for each grade further.
        guardian_years: Years by which a guardian who is no brother or sister is older at least.
        bulk: Records of one batch in one school that are many at once.
        late_days: Days after the school year's start from which entering is late.
        signs: Signs that together make a record doubtful.
        probability: Of being one child, from which a pair is shown; 0 to 1.
    """

    absent_days: int
    youngest: int
    oldest: int
    guardian_years: int
    bulk: int
    late_days: int
    signs: int
    probability: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a run looks at.

    Attributes:
        on: The day as on which the register is looked at.
        school_year: The calendar year in which the school year of that day began.
        delivered: Names of the tables beside `pupils` and `guardians` that were delivered; an
            empty one that was delivered says something, one that was not says nothing.
        limits: The limits of the place.
        as_of: For tables that say of which day they are: their names with that day.
    """

    on: date
    school_year: int
    delivered: frozenset[str]
    limits: Limits
    as_of: tuple[tuple[str, date], ...] = ()


def connect(*, threads: int = 2) -> Engine:
    """An engine in memory with the tables, all empty; it installs and fetches nothing."""
    import duckdb  # large, and only where checks are carried out

    engine = duckdb.connect(":memory:", config={**SETTINGS, "threads": threads})
    for name, columns in TABLES.items():
        engine.execute(f"CREATE TABLE {name} ({columns})")
    return engine


def fill(engine: Engine, table: str, columns: Columns) -> None:
    """Add rows to a table.

    Args:
        engine: From `connect`.
        table: One of `TABLES`.
        columns: By column's name, each equally long; columns left out are null.

    Raises:
        KeyError: If there is no such table.
    """
    name = {known: known for known in TABLES}[table]
    arrays = {key: _array(values) for key, values in columns.items()}
    engine.register("given", arrays)
    engine.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given")  # noqa: S608 - a known name
    engine.unregister("given")


def _array(values: Sequence[Any] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return values if isinstance(values, np.ndarray) else np.array(values, dtype=object)


def set_out(engine: Engine, snapshot: Snapshot) -> None:
    """Give the checks' SQL the day and the limits, and the views that several of them read."""
    limits = snapshot.limits
    for name, value in {
        "year_start": date(snapshot.school_year, 9, 1).isoformat(),
        "on_day": snapshot.on.isoformat(),
    }.items():
        engine.execute(f"SET VARIABLE {name} = DATE '{value}'")
    for name in Limits.__slots__:
        engine.execute(f"SET VARIABLE {name} = {getattr(limits, name)!r}")
    for statement in VIEWS:
        engine.execute(statement)


VIEWS = (
    """
    CREATE OR REPLACE VIEW enrolled AS
    SELECT * FROM pupils WHERE state IN ('studying', 'suspended')
    """,
    # The record that a guest of a class has: stated, or by number, or by sound, birthday and sex.
    """
    CREATE OR REPLACE TABLE guests AS
    WITH lone AS (
        SELECT sound_key, born_on, sex, min(pupil) AS pupil FROM pupils
        WHERE sound_key IS NOT NULL AND born_on IS NOT NULL
        GROUP BY ALL HAVING count(*) = 1
    ), numbered AS (
        SELECT id_key, arg_min(pupil, (state NOT IN ('studying', 'suspended'), pupil)) AS pupil
        FROM pupils WHERE id_key IS NOT NULL GROUP BY id_key
    )
    SELECT m.* EXCLUDE (pupil), coalesce(m.pupil, n.pupil, l.pupil) AS pupil
    FROM marks m
    LEFT JOIN numbered n ON m.pupil IS NULL AND n.id_key = m.id_key
    LEFT JOIN lone l ON m.pupil IS NULL AND m.id_key IS NULL
        AND l.sound_key = m.sound_key AND l.born_on = m.born_on AND l.sex IS NOT DISTINCT FROM m.sex
    WHERE m.mark = 'guest' AND m.day <= getvariable('on_day')
    """,
)
