"""A register as rows to be written: pupils, standings, guardians, tags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from junheng.registry.demo.names import all_names
from junheng.registry.demo.register.lines import YEARS, Line
from junheng.registry.demo.register.lives import ENDS, GRADUATED, MOVEMENTS, Ints, Stay
from junheng.registry.demo.register.persons import guardians_of, tags_of
from junheng.registry.demo.register.whole import Register
from junheng.registry.services import bulk

KEPT = timedelta(days=1095)
"""Who left longer ago has been forgotten, as the house's own rule wants it."""
AUTUMN = {"suspended": (10, 12), "dropped_out": (10, 20)}
MISSING, BACK = (11, 10), (3, 2)
"""Month and day on which a few pupils stopped coming, and came back."""
HOW_MANY = {"suspended": 150, "dropped_out": 40, "returned": 70}
ClassKey = tuple[str, int, int, int]
"""School, school year, grade, number."""


class Rows:
    """What is written of a register.

    Args:
        register: The register.
        organisations: Primary keys of the schools by code.
        classes: Primary keys of the classes.
        today: The day of loading, by which some are forgotten.
        undrawn: The school whose entrants of this year are in no class yet; None for no school.
    """

    def __init__(
        self,
        register: Register,
        organisations: Mapping[str, int],
        classes: Mapping[ClassKey, int],
        today: date,
        undrawn: int | None = None,
    ) -> None:
        self.undrawn = undrawn
        self.register, self.organisations, self.classes = register, organisations, classes
        self.words = all_names().register
        count = len(register.lives.cohort)
        self.ids = _ids(count)
        self.last_line = np.zeros(count, dtype=np.int64)
        self.entered = np.full(count, YEARS[-1])
        self.gone = np.zeros(count, dtype=np.int64)
        self.graduated = np.zeros(count, dtype=bool)
        for stay in register.lives.stays:
            self.last_line[stay.pupils] = stay.line
            self.entered[stay.pupils] = np.minimum(self.entered[stay.pupils], stay.year)
        for gone in register.lives.gone:
            self.gone[gone.pupils] = gone.year
            self.graduated[gone.pupils] = gone.end == GRADUATED
        chance = np.random.default_rng([register.seed, 4])
        here = np.flatnonzero(self.gone == 0)
        picked = chance.permutation(here)
        self.special: dict[int, str] = {}
        for kind, number in HOW_MANY.items():
            several, picked = picked[:number], picked[number:]
            self.special |= dict.fromkeys(several.tolist(), kind)
        self.known = (self.gone == 0) | (self.gone > (today - KEPT).year)

    @property
    def here(self) -> Ints:
        """Pupils who are on the roll today."""
        return np.flatnonzero(self.gone == 0)

    def pupils(self, numbers: Iterable[str]) -> list[bulk.NewPupil]:
        """All pupils, without a name where they were forgotten; as many numbers as pupils."""
        persons = self.register.persons
        born = persons.born.astype(object)
        return [
            bulk.NewPupil(
                id=self.ids[n],
                number=number,
                organisation=self._school(n),
                name=persons.names[n] if known else "",
                resident_id=persons.resident_ids[n] if known else "",
                national_number=f"G{persons.resident_ids[n]}" if known else "",
                household=f"{persons.household[n]:09d}" if known else "",
                born_on=born[n] if known else None,
                sex=persons.sex[n] if known else "",
                ethnicity=persons.ethnicity[n] if known else "",
                entered_on=_autumn(int(self.entered[n])),
                left_on=self._gone_on(n) if self.gone[n] else None,
            )
            for n, (known, number) in enumerate(zip(self.known.tolist(), numbers, strict=True))
        ]

    def standings(self) -> Iterator[bulk.NewStanding]:
        """Everybody's school life, class by class."""
        for stay in self.register.lives.stays:
            yield from self._stay(stay)
        for gone in self.register.lives.gone:
            for pupil, line in zip(gone.pupils.tolist(), gone.lines.tolist(), strict=True):
                yield self._end(pupil, line, ENDS[gone.end])

    def _stay(self, stay: Stay) -> Iterator[bulk.NewStanding]:
        """A class in one school year: one row for each pupil, or more where something happened."""
        recent, last = stay.year >= YEARS[-2], stay.year == YEARS[-1]
        begins, over = _autumn(stay.year), _autumn(stay.year + 1)
        organisation, grade, school_class = self._class(stay)
        papers = [self._came_by(movement, stay.year) for movement in MOVEMENTS]
        leaving = (self.gone == stay.year + 1)[stay.pupils].tolist()
        for pupil, kind, leaves in zip(
            stay.pupils.tolist(), stay.movement.tolist(), leaving, strict=True
        ):
            row = bulk.NewStanding(
                self.ids[pupil],
                organisation,
                stay.year,
                grade,
                school_class,
                "studying",
                begins,
                None if last else self._gone_on(pupil) if leaves else over,
                not last,
                MOVEMENTS[kind],
                papers[kind],
            )
            if recent and pupil in self.special:
                yield from self._happened(row, self.special[pupil])
            else:
                yield row

    def _class(self, stay: Stay) -> tuple[int, int, int | None]:
        """School, grade and class; this year's entrants of the undrawn school have none yet."""
        line = self.register.lines[stay.line]
        organisation, grade = self.organisations[line.school], line.grade(stay.year)
        if stay.year == YEARS[-1] and grade == 1 and organisation == self.undrawn:
            return organisation, grade, None
        return organisation, grade, self.classes[line.school, stay.year, grade, line.number]

    def _came_by(self, movement: str, year: int) -> str:
        """What the beginning of a school year rests on."""
        return self.words["taken_over"] if year == YEARS[0] else self._paper(movement, year)

    def _happened(self, row: bulk.NewStanding, special: str) -> Iterator[bulk.NewStanding]:
        """A school year in which somebody was missing for a while, or stopped coming."""
        if special == "returned" and row.completed:
            missing, back = date(row.school_year, *MISSING), date(row.school_year + 1, *BACK)
            yield row._replace(valid_to=missing, completed=False)
            yield self._away(row, "dropped_out", missing)._replace(valid_to=back, completed=False)
            yield row._replace(valid_from=back, movement=special, paper=self.words[special])
        elif special in AUTUMN and not row.completed:
            since = date(row.school_year, *AUTUMN[special])
            yield row._replace(valid_to=since)
            yield self._away(row, special, since)
        else:
            yield row

    def _away(self, row: bulk.NewStanding, state: str, since: date) -> bulk.NewStanding:
        words = self.words[state]
        return row._replace(
            school_class=None, state=state, valid_from=since, movement=state, paper=words
        )

    def _gone_on(self, pupil: int) -> date:
        """The first day without the pupil; who graduates does so on the last day of the year."""
        day = _autumn(int(self.gone[pupil]))
        return day - timedelta(days=1) if self.graduated[pupil] else day

    def _end(self, pupil: int, line: int, end: str) -> bulk.NewStanding:
        where, year = self.register.lines[line], int(self.gone[pupil])
        return bulk.NewStanding(
            pupil=self.ids[pupil],
            organisation=self.organisations[where.school],
            school_year=year - 1,
            grade=where.grade(year - 1),
            school_class=None,
            state=end,
            valid_from=self._gone_on(pupil),
            valid_to=None,
            completed=False,
            movement=end,
            paper=self._paper(end, year),
        )

    def _paper(self, movement: str, year: int) -> str:
        """What a movement at the beginning of a year rests on."""
        return self.words[movement].format(before=year - 1, year=year)

    def guardians_and_tags(self) -> tuple[list[bulk.NewGuardian], list[bulk.NewTag]]:
        """Of those who are on the roll today."""
        here, register = self.here, self.register
        schools = [register.schools[register.lines[n].school] for n in self.last_line[here]]
        rural = np.array([school.setting != "urban" for school in schools])
        boards = [
            _boards(school.kind, rural=away) for school, away in zip(schools, rural, strict=True)
        ]
        tags = tags_of(here, rural, boards, register.seed)
        left_behind = np.zeros(len(self.ids), dtype=bool)
        left_behind[tags["left_behind"]] = True
        made = guardians_of(here, register.persons, left_behind, register.seed)
        guardians = [
            bulk.NewGuardian(
                key,
                self.ids[pupil],
                relation,
                name,
                phone,
                number,
                _autumn(int(self.entered[pupil])),
            )
            for key, pupil, relation, name, phone, number in zip(
                _ids(len(made.names)),
                made.pupil.tolist(),
                made.relation,
                made.names,
                made.phones,
                made.resident_ids,
                strict=True,
            )
        ]
        return guardians, [
            bulk.NewTag(self.ids[n], tag, _autumn(int(self.entered[n])), self.words[tag])
            for tag, pupils in tags.items()
            for n in pupils.tolist()
        ]

    def _school(self, pupil: int) -> int:
        return self.organisations[self.register.lines[self.last_line[pupil]].school]


def here_with_class(register: Register) -> Iterator[tuple[int, Line]]:
    """Everybody of the running year, with the class."""
    for stay in register.lives.stays:
        if stay.year == YEARS[-1]:
            for pupil in stay.pupils.tolist():
                yield pupil, register.lines[stay.line]


def _boards(kind: str, *, rural: bool) -> float:
    """How likely a pupil of such a school boards."""
    if kind == "lower_secondary":
        return 0.62 if rural else 0.2
    return {"nine_year": 0.45, "special": 0.5}.get(kind, 0.06 if rural else 0.0)


def _autumn(year: int) -> date:
    return date(year, 9, 1)


def _ids(count: int) -> list[UUID]:
    """Keys by chance, in ascending order: neighbours in a class are neighbours in an index."""
    drawn = np.frombuffer(os.urandom(16 * count), dtype="S16")
    return [UUID(bytes=one.ljust(16, b"\0"), version=4) for one in np.sort(drawn).tolist()]
