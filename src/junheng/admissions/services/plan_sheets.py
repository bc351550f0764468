"""The planned intake as a table that comes in: figures by school, written and taken back whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext, gettext_lazy

from junheng.admissions.models import PlanBatch, PlannedIntake, Round
from junheng.admissions.services import planning, private
from junheng.admissions.services.acts import Deed, locked, log, require
from junheng.admissions.services.planning import FIGURES
from junheng.admissions.services.round_imports import RoundImporter, round_of
from junheng.commons.imports import CannotUndo, Target
from junheng.commons.models import ImportBatch
from junheng.commons.sheets import Column, Table, Values, Wrong, header_of
from junheng.kernel.faults import Fault, fault
from junheng.kernel.faults import gettext_noop as _

KIND = "admissions.plan"
MOST = {"classes": 999, "class_size": 999, "continuing": 9990, "reserved": 9990}
LEAST = {"class_size": 1}
HEADERS = {
    "classes": gettext_lazy("Classes"),
    "class_size": gettext_lazy("Pupils per class"),
    "continuing": gettext_lazy("Continuing pupils"),
    "reserved": gettext_lazy("Reserved seats"),
}
STAYS = gettext_lazy("Blank: stays as it is; 0 for a school that is new in the plan.")
READ_ONLY = gettext_lazy("For reading; changes nothing.")
Row = Mapping[str, Any]


def _figure(name: str) -> Column:
    least, most = LEAST.get(name, 0), MOST[name]

    def check(value: int) -> Wrong | None:
        if least <= value <= most:
            return None
        return Wrong(
            _("%(value)s is not between %(least)s and %(most)s."),
            "",
            {"value": value, "least": least, "most": most},
        )

    needed = name in ("classes", "class_size")
    examples = {"classes": "4", "class_size": "45", "continuing": "0", "reserved": "2"}
    return Column(
        name,
        HEADERS[name],
        required=needed,
        kind="integer",
        check=check,
        note="" if needed else STAYS,
        example=examples[name],
    )


COLUMNS = (
    Column(
        "school_id",
        gettext_lazy("School code"),
        required=True,
        kind="identifier",
        unique=True,
        note=gettext_lazy("A school of the plan, of the loaded files or of the register."),
        example="2199000001",
    ),
    Column("name", gettext_lazy("School"), note=READ_ONLY),
    Column("township", gettext_lazy("Township"), note=READ_ONLY),
    *(_figure(name) for name in FIGURES),
    Column("seats", gettext_lazy("Seats"), note=READ_ONLY),
)


class PlanImporter(RoundImporter):
    """What schools offer in one round, as long as it is planned."""

    kind: ClassVar[str] = KIND
    title = gettext_lazy("Planned intake")
    columns = COLUMNS

    def check(self, values: Values, rows: Table, target: Target) -> list[Fault]:
        the_round = round_of(target)
        return [] if the_round is None else list(_faults(the_round, values, rows))

    def apply(self, values: Values, batch: ImportBatch) -> None:
        held = locked(int(batch.target["round"]))
        require(held, Round.State.PLANNED)
        known = _known(held)
        changes = [
            (row, dict(_figures_of(row)), wanted)
            for value in values
            if (wanted := _wanted(value, row := known[value["school_id"]])) != _figures_of(row)
            or row.pk is None
        ]
        done = []
        for row, before, wanted in changes:
            done.append({"code": row.code, "before": before if row.pk else None, "after": wanted})
            _write(held, row, wanted)
        private.follow_register(held)
        PlanBatch.objects.create(batch=batch, round=held, done=done)
        if done:
            log(held, Deed.PLANNED, by=batch.by, schools=len(done), file=batch.file_name)

    def undo(self, batch: ImportBatch) -> None:
        kept = PlanBatch.objects.get(batch=batch)
        held = locked(kept.round_id)
        if held.state != Round.State.PLANNED:
            raise CannotUndo(gettext("The plan was announced with the opening, so it stays."))
        rows = {row.code: row for row in held.plan.select_for_update(of=("self",))}
        changed = [one["code"] for one in kept.done if not _as_written(rows.get(one["code"]), one)]
        if changed:
            raise CannotUndo(
                gettext("Changed again since: %s. Take that back first.")
                % gettext(", ").join(changed[: planning.SHOWN])
            )
        for one in kept.done:
            _take_back(held, rows[one["code"]], one["before"])
        private.follow_register(held)
        if kept.done:
            log(held, Deed.PLANNED, by=None, schools=len(kept.done), undone=batch.file_name)


def _faults(the_round: Round, values: Values, rows: Table) -> Iterator[Fault]:
    headers = {column.name: header_of(column, rows) or str(column.title) for column in COLUMNS}
    if the_round.state != Round.State.PLANNED:
        first = rows.numbers[0] if rows.numbers else 1
        told = _("The plan was announced with the opening, so it stays.")
        yield fault(rows.name, first, headers["school_id"], told)
        return
    known = _known(the_round)
    for number, value in zip(rows.numbers, values, strict=True):
        row = known.get(value["school_id"])
        if row is None:
            yield fault(
                rows.name,
                number,
                headers["school_id"],
                _("There is no school “%(code)s” in the plan, the files or the register."),
                _("Correct the code, or enter the school in the register first."),
                code=value["school_id"],
            )
            continue
        wanted = _wanted(value, row)
        offered = wanted["classes"] * min(wanted["class_size"], row.class_cap)
        taken = wanted["continuing"] + wanted["reserved"]
        if taken > offered:
            yield fault(
                rows.name,
                number,
                headers["classes"],
                _("%(classes)s classes have %(offered)s seats; %(taken)s are taken already."),
                _("Add classes, or lower the continuing pupils and reserved seats."),
                classes=wanted["classes"],
                offered=offered,
                taken=taken,
            )


def _known(the_round: Round) -> dict[str, PlannedIntake]:
    """Rows of the plan by code, and unsaved ones of schools that could come into it."""
    could = {row.code: row for row in planning.could_be_planned(the_round)}
    cap = planning.cap_of(the_round)
    for row in could.values():
        row.class_cap, row.continuing, row.reserved = cap, 0, 0
    return could | {row.code: row for row in the_round.plan.all()}


def _figures_of(row: PlannedIntake) -> dict[str, int]:
    return {name: getattr(row, name) for name in FIGURES}


def _wanted(value: Row, row: PlannedIntake) -> dict[str, int]:
    stands = _figures_of(row)
    return {name: stands[name] if value[name] is None else value[name] for name in FIGURES}


def _write(the_round: Round, row: PlannedIntake, figures: Mapping[str, int]) -> None:
    row.round = the_round
    for name, figure in figures.items():
        setattr(row, name, figure)
    row.seats = planning.seats_of(row)
    row.save()


def _as_written(row: PlannedIntake | None, entry: Row) -> bool:
    return row is not None and _figures_of(row) == entry["after"]


def _take_back(the_round: Round, row: PlannedIntake, before: Mapping[str, int] | None) -> None:
    if before is None:
        row.delete()
    else:
        _write(the_round, row, before)
