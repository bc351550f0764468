"""A period from its folder to the folder of its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from junheng.aid.files.folder import PERIOD, TABLES, Folder
from junheng.aid.files.policies import check_period, read_policies
from junheng.aid.runners.base import Runner
from junheng.aid.runners.results import RECEIPT, receipt, sha256, write_results
from junheng.aid.runners.whole import FactsContradict, NothingCounts, decide
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Ran:
    """What came out, for one line.

    Attributes:
        entitled: Claims, over all counting days.
        undecided: What cannot be told.
        fen: The sum of the claims.
        differences: In how many cases due and paid do not agree.
    """

    entitled: int
    undecided: int
    fen: int
    differences: int


def policy_files(path: Path) -> dict[str, Path]:
    """The policies of a folder.

    Raises:
        Refused: If there are none.
    """
    files = {file.name: file for file in sorted(path.glob("*.toml"))}
    if not files:
        told = _("There are no policies: no TOML file lies in this folder.")
        raise Refused([fault(path.name, None, "", told, _("Write one for each policy."))])
    return files


def run_folder(runner: Runner, folder: Folder, policies: Mapping[str, Path], out: Path) -> Ran:
    """Decide what lies in a folder.

    Args:
        runner: An empty database.
        folder: Facts, what was given before, payments.
        policies: The files of the policies by name.
        out: Where the results go; an empty folder.

    Raises:
        Refused: With every fault; `out` is then of no use.
    """
    described = read_policies({name: file.read_bytes() for name, file in policies.items()})
    check_period(described, folder.period)
    for table, columns in TABLES.items():
        runner.load(table, columns, folder.files[table])
    versions = [version.policy for one in described for version in one.versions]
    try:
        decided = decide(runner, versions, folder.period)
    except FactsContradict as error:
        raise Refused(_contradictions(error)) from None
    except NothingCounts:
        told = _("No policy is in force on a counting day of the period.")
        raise Refused([fault(PERIOD, None, "", told, _("Look at the dates of both."))]) from None
    names = write_results(runner, decided, out)
    written = receipt(
        runner,
        decided,
        inputs={
            str(file.relative_to(folder.path)): sha256(file)
            for files in folder.files.values()
            for file in files
        },
        policies={name: sha256(file) for name, file in policies.items()},
        results={name: sha256(out / name) for name in names},
    )
    (out / RECEIPT).write_bytes(written)
    return _ran(runner)


def _contradictions(error: FactsContradict) -> list[Fault]:
    told = _("The facts have more than one row for this person on %(day)s.")
    fix = _("End the earlier row on the day on which the later one begins.")
    faults = [fault("facts", None, one, told, fix, day=error.day) for one in error.subjects]
    if (more := error.count - len(faults)) > 0:
        faults.append(fault("facts", None, "", _("And %(more)s persons more."), "", more=more))
    return faults


def _ran(runner: Runner) -> Ran:
    asked = "SELECT SUM(entitled), SUM(undecided), SUM(fen) FROM totals"
    entitled, undecided, fen = (int(value) for value in runner.rows(asked)[0])
    differences = int(runner.rows("SELECT COUNT(*) FROM differences")[0][0])
    return Ran(entitled, undecided, fen, differences)
