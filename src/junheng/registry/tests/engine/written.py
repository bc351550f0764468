"""A planted district written into the tables of a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from junheng.registry.engine.integrity.tables import Snapshot, connect
from junheng.registry.files.integrity_limits import limits_on
from junheng.registry.tests.engine import people as made
from junheng.registry.tests.engine.people import NONE, Ints, People
from junheng.registry.tests.engine.population import (
    CALLED,
    CLASS_SIZE,
    CLASSES,
    DELIVERED,
    LONG_AGO,
    ON,
    TODAY,
    YEAR,
    Planted,
    Population,
    day,
)

if TYPE_CHECKING:
    from junheng.registry.engine.integrity.tables import Engine


class Tables(Population):
    """Writes itself into an engine."""

    def _add_guardians(self, rows: Ints, relation: str, key: Ints, born: Ints) -> None:
        self.guardians.append(
            {
                "pupil": rows,
                "relation": np.full(len(rows), relation, object),
                "name_key": key,
                "phone_key": np.full(len(rows), NONE),
                "id_key": key,
                "id_born": born,
            }
        )

    def _families(self) -> None:
        """Parents for nearly everybody, elder sisters for some."""
        roll = self.roll
        has = roll.family != NONE
        has[: self.base] &= ~self.no_guardian
        rows = np.flatnonzero(has)
        born = day(1985, 1, 1) - roll.family[rows] % 3_000
        self._add_guardians(rows, "52", roll.family[rows], born)
        self.guardians[-1]["phone_key"] = roll.family[rows]
        self.guardians[-1]["id_key"] = np.where(rows % 50 == 0, NONE, roll.family[rows])
        sisters = rows[rows % 200 == 1]
        self._add_guardians(sisters, "73", sisters + 950_000_000, roll.people.born[sisters] - 3_000)

    def _written(self, civil: People, status: Ints, elsewhere: tuple[People, Ints]) -> Planted:
        engine = connect()
        self._write_pupils(engine)
        self._families()
        for guardians in self.guardians:
            _write(engine, "guardians", guardians)
        self._write_calls(engine)
        self._write_civil(engine, civil, status)
        self._write_elsewhere(engine, *elsewhere)
        self._no_record(engine)
        snapshot = Snapshot(on=ON, school_year=YEAR, delivered=DELIVERED, limits=limits_on(ON))
        return Planted(engine, snapshot, dict(self.truth), len(self.roll.at))

    def _write_pupils(self, engine: Engine) -> None:
        roll = self.roll
        household = np.where(roll.family == NONE, NONE, roll.family % 100_000_000)
        household = np.where(roll.family >= 500_000_000, roll.family, household)
        household[np.random.default_rng(1).random(len(household)) < 0.05] = NONE
        self.household = household
        _write(
            engine,
            "pupils",
            {
                "pupil": np.arange(len(roll.at)),
                "school": roll.at // CLASSES,
                "grade": roll.grade,
                "class": np.where(roll.left, NONE, roll.of_class),
                "class_school": np.where(
                    roll.left | (roll.of_class == NONE), NONE, roll.class_school
                ),
                "class_grade": np.where(roll.left | (roll.of_class == NONE), NONE, roll.grade),
                "state": np.where(roll.left, "left", "studying").astype(object),
                "since": roll.since,
                "entered_on": roll.since,
                "batch": roll.batch,
                "household_key": household,
                **made.columns(roll.people),
            },
        )

    def _write_calls(self, engine: Engine) -> None:
        classes = np.arange(self.base // CLASS_SIZE)
        for place, called in enumerate(CALLED):
            delivering = classes[self.quiet[classes] > place]
            days = np.full(len(delivering), called)
            _write(
                engine,
                "calls",
                {"class": delivering, "school": delivering // CLASSES, "day": days},
            )
        for who, there, mark, days, people in self.marks:
            one = len(who)
            columns = {
                "entry": np.tile(who if people is None else there, len(days)),
                "class": np.tile(there, len(days)),
                "school": np.tile(there // CLASSES, len(days)),
                "day": np.repeat(days, one),
                "mark": np.full(one * len(days), mark, object),
                "pupil": np.tile(who, len(days)),
            }
            if people is not None:
                columns |= {k: np.tile(v, len(days)) for k, v in made.columns(people).items()}
            _write(engine, "marks", columns)

    def _write_civil(self, engine: Engine, civil: People, status: Ints) -> None:
        """Nine in ten of ours, and everybody of whom it has something to say."""
        known = np.flatnonzero((self.chance.random(self.base) < 0.92) | (status > 0))
        known = np.union1d(known, [int(ref[1:]) for ref, _ in self._of_civil()]).astype(np.int64)
        names = np.array(["living", "died", "moved", "cancelled"], object)
        _write(
            engine,
            "civil",
            {
                "entry": known,
                "status": names[status[known]],
                "status_on": np.where(status[known] > 0, TODAY - 30, NONE),
                **made.columns(civil.at(known)),
            },
        )

    def _of_civil(self) -> set[tuple[str, str]]:
        return self.truth["birth_date_differs"] | self.truth["sex_differs"]

    def _write_elsewhere(self, engine: Engine, people: People, family: Ints) -> None:
        count = len(people)
        household = np.where(family >= 500_000_000, family, family % 100_000_000)
        _write(
            engine,
            "elsewhere",
            {
                "entry": np.arange(count),
                "district": np.where(np.arange(count) % 2, "990200", "990300").astype(object),
                "since": np.full(count, LONG_AGO),
                "household_key": household,
                "guardian_id_key": family,
                "guardian_name_key": family,
                "guardian_phone_key": family,
                **made.columns(people),
            },
        )

    def _no_record(self, engine: Engine) -> None:
        keys = made.columns(self.strangers)["id_key"]
        rows = engine.execute(
            "SELECT left(sha256(md5(x::VARCHAR)), 40) FROM (SELECT unnest($keys) AS x)",
            {"keys": keys.tolist()},
        ).fetchall()
        self.truth["no_record"] = {(key, "") for (key,) in rows}


_PREFIXES = {"pupil": "p", "entry": "?", "school": "s", "class_school": "s", "class": "c"}
_DATES = {"day", "since", "entered_on", "status_on", "id_born", "born_on"}
_OWN_ENTRY = {"civil": "v", "elsewhere": "e", "marks": "m"}


def _write(engine: Engine, table: str, columns: dict[str, Any]) -> None:
    """Add rows; figures become references, dates and things that look like blind indexes."""
    engine.register("given", columns)
    parts = [f"{_as_stored(table, name)} AS {name}" for name in columns]
    own = ", ".join(parts)
    engine.execute(f"INSERT INTO {table} BY NAME SELECT {own} FROM given")  # noqa: S608
    engine.unregister("given")


def _as_stored(table: str, name: str) -> str:
    known = f"CASE WHEN {name} = {NONE} THEN NULL ELSE "
    if name in _PREFIXES:
        prefix = _OWN_ENTRY[table] if name == "entry" else _PREFIXES[name]
        return f"{known}'{prefix}' || lpad({name}::VARCHAR, 7, '0') END"
    if name in _DATES:
        return f"{known}DATE '1970-01-01' + {name}::INTEGER END"
    if name.endswith("_key") or name.startswith(("id_but", "sound_")) or name == "batch":
        return f"{known}md5({name}::VARCHAR) END"
    if name in {"sex", "id_sex", "grade", "class_grade"}:
        return f"{known}{name} END"
    return name
