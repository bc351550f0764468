"""From raw tables to the engine's `Round`, or to every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from junheng.admissions.engine.types import (
    NONE,
    Applicants,
    Ints,
    Ranking,
    Round,
    Rules,
    Schools,
    Zones,
)
from junheng.admissions.files.cells import Cells
from junheng.admissions.files.coordinates import Box, coordinate_faults, floats
from junheng.admissions.files.groups import check_groups, check_rankings
from junheng.admissions.files.layout import (
    APPLICANTS,
    CHOICES,
    DISTANCES,
    GRADE_MOVES,
    LAYOUTS,
    OFFER_CHOICES,
    OFFERS,
    RULES,
    SCHOOLS,
    ZONES,
)
from junheng.admissions.files.lotteries import lottery_faults
from junheng.admissions.files.modes import table_faults
from junheng.admissions.files.ranks import Ranked, read_ranked
from junheng.admissions.files.read import Inputs
from junheng.admissions.files.references import Index, lookup, moves_to_itself
from junheng.admissions.files.rules import ReadRules, check_ring, check_rules
from junheng.kernel.faults import Fault, Refused
from junheng.kernel.faults import gettext_noop as _


def check(inputs: Inputs, *, seed: str | None = None) -> Round:
    """Make the round that was handed in.

    Args:
        inputs: Raw tables and rules.
        seed: Seed given elsewhere, such as on the command line; it replaces the written one.

    Raises:
        Refused: With every fault that was found, by file and row.
    """
    raw = inputs.rules
    if raw is not None and seed is not None:
        raw = raw.with_seed(seed)
    read = ReadRules({}, ()) if raw is None else check_rules(raw)
    draft = _Draft(inputs.cells, [*inputs.faults, *read.faults, *inputs.cell_faults])
    draft.check_seats(read.values.get("class_cap"))
    draft.check_box(read.values.get("bbox"))
    if raw is not None:
        draft.faults += table_faults(raw, read.values, inputs.tables)
        draft.faults += lottery_faults(raw, read.values, inputs.cells)
    if raw is not None and draft.applicants is not None:
        draft.faults += check_ring(raw, read, _units(draft.applicants))
    rules = read.finished()
    if draft.faults or rules is None:
        raise Refused(_in_reading_order(draft.faults))
    return draft.finished(rules)


_ORDER = {name: place for place, name in enumerate((RULES, *LAYOUTS), start=1)}


def _in_reading_order(faults: list[Fault]) -> list[Fault]:
    """By file in the order of the format page, then by row; whole workbooks first."""

    def order(fault: Fault) -> tuple[int, str, int]:
        table = fault.file.rpartition("/")[2].removesuffix(".csv").removesuffix(".toml")
        return _ORDER.get(table, 0), fault.file, fault.row or 0

    return sorted(faults, key=order)


class _Draft:
    """A round while it is being checked; whatever table is missing is skipped."""

    def __init__(self, cells: dict[str, Cells], faults: list[Fault]) -> None:
        self.cells = cells
        self.faults = faults
        self.schools = self._index(SCHOOLS.name, "school_id")
        self.children = self._index(APPLICANTS.name, "applicant_id")
        self.zones = self._zones()
        self.choices = self._ranked(CHOICES.name, self.children)
        self.applicants = self._applicants()
        self.distances = self._distances()
        self.offers = self._of_children(OFFERS.name)
        self.answers = self._of_children(OFFER_CHOICES.name)
        self.moves = self._moves()

    def _index(self, name: str, column: str) -> Index | None:
        cells = self.cells.get(name)
        return Index(cells.columns[column]) if cells is not None else None

    def _ranked(self, name: str, owners: Index | None) -> Ranked | None:
        cells = self.cells.get(name)
        if cells is None or owners is None or self.schools is None:
            return None
        ranked, faults = read_ranked(cells, owners, self.schools)
        self.faults += faults
        return ranked

    def _zones(self) -> tuple[Index, Ranked] | None:
        zones = self._index(ZONES.name, "zone_id")
        ranked = self._ranked(ZONES.name, zones)
        return (zones, ranked) if zones and ranked else None

    def _applicants(self) -> Applicants | None:
        cells = self.cells.get(APPLICANTS.name)
        if cells is None or self.children is None:
            return None
        columns = cells.columns
        groups = Index([text for text in columns["group_id"] if text])
        zone, school = self.zones[0] if self.zones else None, self.schools
        references = {
            "zone_id": self._lookup(cells, "zone_id", zone),
            "sibling_school_id": self._lookup(cells, "sibling_school_id", school),
        }
        order = self.children.order
        start, choice = self._own_choices()
        applicants = Applicants(
            ids=self.children.ids,
            zone=references["zone_id"][order],
            lon=floats(columns["lon"])[order],
            lat=floats(columns["lat"])[order],
            tier=_ints(columns["tier"])[order],
            sibling_school=references["sibling_school_id"][order],
            group=groups.find(columns["group_id"])[order],
            group_ids=groups.ids,
            choice_start=start,
            choice=choice,
        )
        self.faults += check_groups(applicants, cells, order)
        return applicants

    def _lookup(self, cells: Cells, column: str, index: Index | None) -> Ints:
        if index is None:
            return np.full(len(cells), NONE, dtype=np.int64)
        found, faults = lookup(cells, column, index)
        self.faults += faults
        return found

    def _own_choices(self) -> tuple[Ints, Ints]:
        if self.choices:
            return self.choices.start, self.choices.school
        count = len(self.children.ids) if self.children else 0
        return np.zeros(count + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def _distances(self) -> dict[tuple[int, int], int] | None:
        cells = self.cells.get(DISTANCES.name)
        if cells is None or self.children is None or self.schools is None:
            return None
        children = self._lookup(cells, "applicant_id", self.children)
        schools = self._lookup(cells, "school_id", self.schools)
        pairs = zip(children.tolist(), schools.tolist(), strict=True)
        return dict(zip(pairs, _ints(cells.columns["metres"]).tolist(), strict=True))

    def _of_children(self, name: str) -> Ranking | None:
        """A ranking by children, in which the members of a group must agree."""
        ranked = self._ranked(name, self.children)
        if ranked is None or self.applicants is None or self.children is None:
            return None
        ranking = Ranking(ranked.start, ranked.school)
        cells = self.cells[APPLICANTS.name]
        self.faults += check_rankings(ranking, name, self.applicants, cells, self.children.order)
        return ranking

    def _moves(self) -> Ranking | None:
        cells = self.cells.get(GRADE_MOVES.name)
        if cells is None or self.schools is None:
            return None
        school, host = (self._lookup(cells, name, self.schools) for name in cells.columns)
        self.faults += moves_to_itself(cells)
        order = np.lexsort((host, school))
        start = np.searchsorted(school[order], np.arange(len(self.schools.ids) + 1))
        return Ranking(start, host[order])

    # ------------------------------------------------------------- what the rules decide

    def check_seats(self, class_cap: int | None) -> None:
        """Schools whose seats are negative; nothing while the cap is not known."""
        if class_cap is not None and (cells := self.cells.get(SCHOOLS.name)) is not None:
            self.faults += _seat_faults(cells, class_cap)

    def check_box(self, bbox: Box | None) -> None:
        """Coordinates that are half given, or outside the box if there is one."""
        for name in (SCHOOLS.name, APPLICANTS.name):
            if (cells := self.cells.get(name)) is not None:
                self.faults += coordinate_faults(cells, bbox)

    def finished(self, rules: Rules) -> Round:
        """The round, once nothing is wrong with it."""
        if self.schools is None or self.zones is None or self.applicants is None:
            raise AssertionError("a missing table is a fault and was refused before")
        schools = _schools(self.cells[SCHOOLS.name], self.schools, rules)
        zone_index, ranked = self.zones
        names = _zone_names(self.cells[ZONES.name], zone_index, ranked)
        zones = Zones(zone_index.ids, names, ranked.start, ranked.school)
        more = (self.distances, self.offers, self.answers, self.moves)
        return Round(rules, schools, zones, self.applicants, *more)


def _units(applicants: Applicants) -> int:
    """How many stand in the drawing: children, with each group as one."""
    return int((applicants.group == NONE).sum()) + len(applicants.group_ids)


# -------------------------------------------------------------------------------- schools


def _schools(cells: Cells, index: Index, rules: Rules) -> Schools:
    def texts(column: str) -> tuple[str, ...]:
        values = cells.columns[column]
        return tuple(values[entry] for entry in index.order.tolist())

    return Schools(
        ids=index.ids,
        names=texts("name"),
        townships=texts("township"),
        lon=floats(cells.columns["lon"])[index.order],
        lat=floats(cells.columns["lat"])[index.order],
        classes=_ints(cells.columns["classes"])[index.order],
        class_size=_ints(cells.columns["class_size"])[index.order],
        continuing=_ints(cells.columns["continuing"])[index.order],
        reserved=_ints(cells.columns["reserved"])[index.order],
        seats=_seats(cells, rules.class_cap)[index.order],
    )


def _seats(cells: Cells, class_cap: int) -> Ints:
    """Seats as sent in, by row: classes x min(class_size, class_cap) - continuing - reserved."""
    classes, size = _ints(cells.columns["classes"]), _ints(cells.columns["class_size"])
    taken = _ints(cells.columns["continuing"]) + _ints(cells.columns["reserved"])
    return classes * np.minimum(size, class_cap) - taken


def _seat_faults(cells: Cells, class_cap: int) -> Iterator[Fault]:
    seats = _seats(cells, class_cap)
    for entry in np.flatnonzero(seats < 0).tolist():
        if cells.is_told(entry, "classes", "class_size", "continuing", "reserved"):
            continue
        classes = int(cells.columns["classes"][entry])
        size = min(int(cells.columns["class_size"][entry]), class_cap)
        yield cells.fault(
            entry,
            "continuing",
            _("%(classes)s classes of %(size)s have %(given)s seats; %(taken)s are already taken."),
            _("Correct classes, class_size, continuing or reserved, so that no seat is missing."),
            classes=classes,
            size=size,
            given=classes * size,
            taken=classes * size - int(seats[entry]),
        )


def _zone_names(cells: Cells, index: Index, ranked: Ranked) -> tuple[str, ...]:
    """A zone's name is the first that is given, going by rank."""
    names: dict[int, str] = {}
    written = cells.columns["name"]
    for owner, entry in zip(ranked.owner.tolist(), ranked.entry.tolist(), strict=True):
        if written[entry]:
            names.setdefault(owner, written[entry])
    return tuple(names.get(zone, "") for zone in range(len(index.ids)))


def _ints(texts: Sequence[str]) -> Ints:
    """Canonical whole numbers; 0 where a fault left a blank."""
    values = {text: int(text or 0) for text in set(texts)}
    return np.fromiter(map(values.__getitem__, texts), dtype=np.int64, count=len(texts))
