"""A round from inputs to files, as the command line needs it: whatever is wrong has a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from junheng.admissions.engine.assign import run
from junheng.admissions.engine.errors import RoundRefused
from junheng.admissions.engine.types import Result, Round
from junheng.admissions.files.pack import Rarity, build_pack, rarity_of
from junheng.admissions.files.read import Inputs
from junheng.admissions.files.refusals import faults_of
from junheng.admissions.files.write import write_outputs
from junheng.kernel.faults import Refused

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
        return Done(inputs, the_round, run(the_round, progress))
    except RoundRefused as refused:
        raise Refused(faults_of(refused, inputs, the_round)) from None
