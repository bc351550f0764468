"""What only the run itself could find wrong with the input, told by file and row."""

from __future__ import annotations

from collections.abc import Iterator

from junheng.admissions.engine.errors import (
    AnswersAstray,
    DistancesMissing,
    DistancesTooLong,
    HomesMissing,
    MovesTooMany,
    RoundRefused,
    SitesMissing,
)
from junheng.admissions.engine.types import Round
from junheng.admissions.files.layout import (
    APPLICANTS,
    DISTANCES,
    GRADE_MOVES,
    OFFER_CHOICES,
    SCHOOLS,
)
from junheng.admissions.files.read import Inputs
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _


def faults_of(refused: RoundRefused, inputs: Inputs, the_round: Round) -> list[Fault]:
    """The engine's refusal as faults in the files, each with its row.

    Args:
        refused: What the engine raised.
        inputs: What the round was made of.
        the_round: The round that was run.
    """
    if isinstance(refused, HomesMissing):
        return list(_homes(refused, inputs, the_round))
    if isinstance(refused, SitesMissing):
        return list(_sites(refused, inputs, the_round))
    if isinstance(refused, DistancesMissing):
        return list(_pairs(refused, inputs, the_round))
    if isinstance(refused, DistancesTooLong):
        return list(_too_long(refused, inputs, the_round))
    if isinstance(refused, AnswersAstray):
        return list(_astray(refused, inputs, the_round))
    if isinstance(refused, MovesTooMany):
        return [_too_many(refused, inputs, the_round)]
    return [fault("round.toml", None, "", _("The round cannot be run: %(why)s."), why=refused)]


def _homes(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Iterator[Fault]:
    rows = _rows(inputs, APPLICANTS.name)
    for child in refused.children:
        yield fault(
            inputs.tables[APPLICANTS.name].name,
            rows[the_round.applicants.ids[child]],
            "lon,lat",
            _("The child found no seat by list and has to be diverted, but its home is blank."),
            _("Fill in lon and lat."),
        )


def _sites(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Iterator[Fault]:
    rows = _rows(inputs, SCHOOLS.name)
    for school in refused.schools:
        yield fault(
            inputs.tables[SCHOOLS.name].name,
            rows[the_round.schools.ids[school]],
            "lon,lat",
            _("The school has seats for children to be diverted, but its place is blank."),
            _("Fill in lon and lat."),
        )


def _pairs(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Iterator[Fault]:
    for child, school in zip(refused.children, refused.schools, strict=True):
        yield fault(
            inputs.tables[DISTANCES.name].name,
            None,
            "metres",
            _("The distance from “%(child)s” to “%(school)s” is needed and missing."),
            _("Add the row."),
            child=the_round.applicants.ids[child],
            school=the_round.schools.ids[school],
        )


def _too_long(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Iterator[Fault]:
    rows = _rows(inputs, APPLICANTS.name)
    for child in refused.children:
        yield fault(
            inputs.tables[APPLICANTS.name].name,
            rows[the_round.applicants.ids[child]],
            "lon,lat",
            _("The child lives so far from the free seats that no plan could be proved the best."),
            _("Correct its home, the schools' places or the distances, or set max_distance_m."),
        )


def _astray(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Iterator[Fault]:
    cells = inputs.cells[OFFER_CHOICES.name]
    pairs = zip(cells.columns["applicant_id"], cells.columns["school_id"], strict=True)
    entry = {pair: at for at, pair in enumerate(pairs)}
    for child, school in zip(refused.children, refused.schools, strict=True):
        named = the_round.applicants.ids[child], the_round.schools.ids[school]
        yield cells.fault(
            entry[named],
            "school_id",
            _("“%(school)s” was not offered to “%(child)s”."),
            _("Keep only schools that stand beside the child in offers.csv of the first run."),
            child=named[0],
            school=named[1],
        )


def _too_many(refused: RoundRefused, inputs: Inputs, the_round: Round) -> Fault:
    return fault(
        inputs.tables[GRADE_MOVES.name].name,
        None,
        "school_id",
        _("So many schools ask for the same hosts that no plan could be proved the best: %(ids)s."),
        _("Allow these schools fewer hosts each, or hosts that others do not ask for."),
        ids=", ".join(the_round.schools.ids[s] for s in refused.schools),
    )


def _rows(inputs: Inputs, name: str) -> dict[str, int]:
    """Row of each identifier in a table, as a spreadsheet shows it."""
    cells = inputs.cells[name]
    ids = cells.columns[cells.layout.key_columns[0]]
    return dict(zip(ids, cells.numbers, strict=True))
