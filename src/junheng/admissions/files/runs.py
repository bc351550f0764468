"""A round from inputs to files, as the command line needs it: whatever is wrong has a row."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.errors import RoundRefused
from junheng.admissions.engine.types import Mode, Result, Round
from junheng.admissions.files.pack import Rarity, build_pack, rarity_of
from junheng.admissions.files.read import Inputs
from junheng.admissions.files.refusals import faults_of
from junheng.admissions.files.write import RECEIPT, first_receipt, write_outputs
from junheng.kernel.faults import Refused, fault
from junheng.kernel.faults import gettext_noop as _

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Done:
    """A round that was run.

    Attributes:
        inputs: What it was made of.
        round: The round.
        result: What became of every child.
    """

    inputs: Inputs
    round: Round
    result: Result

    def counts(self) -> dict[str, int]:
        """Children in all and by how they came to their seat."""
        how = Counter(self.result.how)
        return {"all": how.total(), **{name.value: count for name, count in how.items()}}

    def first_run(self, files: dict[str, bytes]) -> str:
        """What `first_run` has to be once families have answered; "" if they are not asked."""
        rules = self.round.rules
        asks = rules.mode is Mode.OPEN and self.round.answers is None
        return hashlib.sha256(files[RECEIPT]).hexdigest() if asks else ""

    def files(self, progress: Progress) -> dict[str, bytes]:
        """The files of the result, without `run.json`."""
        return write_outputs(self.round, self.result, inputs=self.inputs, progress=progress)

    def pack(self) -> tuple[dict[str, bytes], Rarity]:
        """The round for the public, and how many children might be recognised in it."""
        return build_pack(self.round, self.result), rarity_of(self.round, self.result)


def run_inputs(inputs: Inputs, the_round: Round, progress: Progress) -> Done:
    """Run a checked round.

    Raises:
        Refused: If only the run could find that the input will not do.
    """
    try:
        result = run(the_round, progress)
    except RoundRefused as refused:
        raise Refused(faults_of(refused, inputs, the_round)) from None
    require_first_run(the_round, result, inputs)
    return Done(inputs, the_round, result)


def require_first_run(the_round: Round, result: Result, inputs: Inputs) -> None:
    """Make sure that answers are read in the round whose offers were answered.

    Raises:
        Refused: If what was frozen then, but for the answers, is not what is here now.
    """
    named = the_round.rules.first_run
    if the_round.answers is None or inputs.rules is None:
        return
    found = hashlib.sha256(first_receipt(the_round, result, inputs=inputs)).hexdigest()
    if found != named:
        raise Refused(
            [
                fault(
                    inputs.rules.file,
                    inputs.rules.rows.get(("diversion", "first_run")),
                    "first_run",
                    _("The offers were made by another run than “%(named)s” (here: “%(found)s”)."),
                    _(
                        "Give the same tables, rules and seed as in the first run and besides them "
                        "the answers alone; or correct first_run."
                    ),
                    named=named[:12],
                    found=found[:12],
                )
            ]
        )
