"""A run of a round: asked for, worked out, checked by other code, kept whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.admissions.engine import assign
from junheng.admissions.engine.errors import RoundRefused
from junheng.admissions.engine.types import Result
from junheng.admissions.files.refusals import faults_of
from junheng.admissions.files.runs import require_first_run
from junheng.admissions.files.write import write_outputs
from junheng.admissions.models import (
    Round,
    RoundApplicant,
    RoundRun,
    RoundSchool,
    RunOutcome,
)
from junheng.admissions.services.acts import Deed, locked, log, move
from junheng.admissions.services.copying import copy_in, fresh_ids
from junheng.admissions.services.reading import Checked, Told, read_round, untold
from junheng.admissions.services.seeds import is_rehearsal, seed_to_draw
from junheng.admissions.snapshots.figures import figures_of
from junheng.admissions.snapshots.results import Loaded, flows, result_rows
from junheng.admissions.verify.check import verify
from junheng.admissions.verify.lines import Line, Property
from junheng.commons import runs
from junheng.commons.models import Run
from junheng.commons.refusals import Refusal
from junheng.kernel.faults import Fault, Refused

RECEIPT, EXPLANATIONS = "receipt.json", "explanations.jsonl"
FAULTS_TOLD = 20


class CheckFailed(Refusal):
    """The independent check objects to the result, so there is none."""

    def __init__(self, broken: list[Line]) -> None:
        told = "; ".join(line.sentence(_) for line in broken)
        super().__init__(_("The independent check objects, so nothing was kept: %s") % told)


class CannotRun(Refusal):
    """The input will not do, for reasons that only the run could find."""

    def __init__(self, faults: list[Fault]) -> None:
        told = [str(fault.said_in(_)) for fault in faults[:FAULTS_TOLD]]
        if len(faults) > FAULTS_TOLD:
            told.append(_("and %d more") % (len(faults) - FAULTS_TOLD))
        super().__init__("\n".join(told))


def execute(run: Run, told: Told = untold) -> None:
    """Work a run out; doing it again after a kill is safe, doing it after the end is nothing.

    Raises:
        CannotRun: If the input will not do.
        CheckFailed: If the independent check objects.
        RunIsOver: If the run failed or was cancelled meanwhile.
    """
    if not runs.start(run):
        return
    record = _record(run)
    checked, result = _assigned(run, record, told)
    outputs = write_outputs(
        checked.round, result, inputs=checked.inputs, progress=_part(told, 45, 55)
    )
    told("verifying", 0.55)
    lines = _verified(checked, outputs)
    told("storing", 0.75)
    _keep(run, record, checked, result, outputs, lines)
    told("done", 1.0)


def _assigned(run: Run, record: RoundRun, told: Told) -> tuple[Checked, Result]:
    files, seed = runs.thaw(run.snapshot), seed_to_draw(run.seed, record.input.rules["method"])
    try:
        checked = read_round(files, seed=seed, told=_part(told, 0, 25))
    except Refused as refused:
        raise CannotRun(refused.faults) from refused
    try:
        result = assign.run(checked.round, _part(told, 25, 45))
        require_first_run(checked.round, result, checked.inputs)
    except RoundRefused as refused:
        raise CannotRun(faults_of(refused, checked.inputs, checked.round)) from refused
    except Refused as refused:
        raise CannotRun(refused.faults) from refused
    return checked, result


def _record(run: Run) -> RoundRun:
    """The run of a round; one that was asked for again, after a failure, has none yet."""
    known: RoundRun | None = RoundRun.objects.select_related("input").filter(run=run).first()
    if known is not None:
        return known
    before = RoundRun.objects.select_related("input").filter(
        run__matter=run.matter, input__snapshot=run.snapshot
    )
    like = before.earliest("run__requested_at")
    made: RoundRun = RoundRun.objects.create(
        run=run, round_id=like.round_id, input=like.input, rehearsal=is_rehearsal(run.seed)
    )
    return made


def _part(told: Told, begin: int, end: int) -> Told:
    """A stage's own progress as a stretch, in percent, of the whole."""

    def scaled(stage: str, share: float) -> None:
        told(stage, (begin + (end - begin) * share) / 100)

    return scaled


def _verified(checked: Checked, outputs: Mapping[str, bytes]) -> list[Line]:
    rules = checked.inputs.as_toml()
    rules["lottery"] = {**rules["lottery"], "seed": checked.round.rules.seed}
    lines = verify(rules, checked.inputs.as_rows(), outputs)
    if any(not line.holds for line in lines) or lines[-1].property != Property.EXPLANATIONS:
        raise CheckFailed([line for line in lines if not line.holds])
    return lines


def _keep(
    run: Run,
    record: RoundRun,
    checked: Checked,
    result: Result,
    outputs: Mapping[str, bytes],
    lines: list[Line],
) -> None:
    """Files, rows, figures and receipt: all of it in one transaction, or nothing."""
    receipt = json.loads(outputs[RECEIPT])
    explanations = outputs[EXPLANATIONS].decode().removesuffix("\n").split("\n")
    with transaction.atomic():
        loaded = _loaded(record.input_id)
        runs.attach(run, outputs)
        copy_in(
            result_rows(
                checked.round, result, loaded, explanations, run_id=run.pk, numbers=fresh_ids
            )
        )
        RunOutcome.objects.create(
            run=record,
            figures=figures_of(checked.round, result),
            flows=flows(result, loaded),
            checks=[line_as_json(line) for line in lines],
        )
        runs.finish(run, receipt=receipt, result_sha256=receipt["placements_sha256"])
        if not record.rehearsal:
            _tell_round(run, record)


def _tell_round(run: Run, record: RoundRun) -> None:
    """The first run of the frozen list moves the round on; every one is in its log."""
    the_round = locked(record.round_id)
    if the_round.state == Round.State.FROZEN:
        move(the_round, Round.State.RUN)
    log(the_round, Deed.RUN, by=run.requested_by, run=run.ref, result=run.result_sha256)


def _loaded(input_id: int) -> Loaded:
    """Keys and paths in byte order of the codes, which is how the engine counts."""
    schools = RoundSchool.objects.filter(input=input_id).order_by("code").values_list("pk", "path")
    children = RoundApplicant.objects.filter(input=input_id).order_by("code")
    school_ids, school_paths = zip(*schools, strict=True)
    applicant_ids, applicant_paths = zip(*children.values_list("pk", "path"), strict=True)
    return Loaded(school_ids, school_paths, applicant_ids, applicant_paths)


def line_as_json(line: Line) -> dict[str, Any]:
    """A line of the independent check: the page says it in the reader's language."""
    return {"property": line.property, "holds": line.holds}
