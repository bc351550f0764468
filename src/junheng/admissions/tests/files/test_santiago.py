"""A trial on public data: grade 1 of Santiago 2020, 4,427 real, displaced homes, 725 schools."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from junheng.admissions.files.check import check
from junheng.admissions.files.read import read_inputs
from junheng.admissions.files.runs import run_inputs
from junheng.admissions.verify.check import verify

SHARED = Path(os.environ.get("JUNHENG_SHARED", Path(__file__).parents[6] / "shared"))
ROUND = SHARED / "data" / "rounds" / "santiago-2020"


def silent(_stage: str, _share: float) -> None:
    """Nobody watches."""


@pytest.mark.skipif(not ROUND.is_dir(), reason=f"the trial's data is not there: {ROUND}")
def test_the_trial_gives_the_same_figures_as_ever_and_verifies() -> None:
    """Golden figures of the first run with the seed in the file, `trial`."""
    inputs = read_inputs(ROUND)
    the_run = run_inputs(inputs, check(inputs), silent)
    files = the_run.files(silent)
    receipt = json.loads(files["receipt.json"])
    assert receipt["counts"] == {
        "applicants": 4427,
        "schools": 725,
        "seats": 4354,
        "choice": 0,
        "zone": 2362,
        "diverted": 1992,
        "unplaced": 73,
    }
    assert len(the_run.round.applicants.group_ids) == 44
    assert receipt["inputs"] == {
        "applicants": "3d6892aa99e96f9922522712a3e3c78c1b143c4eae871181997f90f2fc579309",
        "schools": "c301f628ae4c97ad7a906f9f29c48271df08b0592c126b66b2cfd6a29fa98bb1",
        "zones": "cd352d8bdbfe140f663610d46e1952805916c50f437a7dd377626891ea943bbd",
    }
    diverted = [
        int(line.rsplit(",", 1)[1])
        for line in files["placements.csv"].decode().splitlines()[1:]
        if ",diverted," in line
    ]
    assert sum(diverted) == TOTAL_METRES
    lines = verify(inputs.as_toml(), inputs.as_rows(), files)
    assert [line.property for line in lines if not line.holds] == []
    assert lines[-1].property == "explanations"


TOTAL_METRES = 2705486
