"""What is decided of one person and one policy, as one small number and what it means.

0 is entitled. A positive number says what rules the person out, a negative one what cannot be
told; its size says which: the conditions count from 1 to n, n + 1 stands for the rates, n + 2
for "was given before", and n + 3 onwards for the policies that this one gives way to.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from junheng.aid.engine.policies import Policy


class Outcome(StrEnum):
    """The three answers."""

    ENTITLED = "entitled"
    NOT_ENTITLED = "not_entitled"
    UNDECIDED = "undecided"


class Ground(StrEnum):
    """What an answer other than "entitled" rests on."""

    CONDITION = "condition"
    RATES = "rates"
    GIVEN_BEFORE = "given_before"
    OTHER_POLICY = "other_policy"


@dataclass(frozen=True, slots=True)
class Reason:
    """An answer with its ground.

    Attributes:
        outcome: The answer.
        ground: None if entitled.
        number: Which condition (from 1) or which of the policies it gives way to (from 1); 0 else.
    """

    outcome: Outcome
    ground: Ground | None = None
    number: int = 0


def rates_code(policy: Policy) -> int:
    """The number that stands for the rates of a policy."""
    return len(policy.conditions) + 1


def given_code(policy: Policy) -> int:
    """The number that stands for "was given before"."""
    return len(policy.conditions) + 2


def way_code(policy: Policy, position: int) -> int:
    """The number that stands for one of the policies it gives way to, `position` from 0."""
    return len(policy.conditions) + 3 + position


def reason_of(policy: Policy, code: int) -> Reason:
    """What a number means.

    Raises:
        ValueError: If this policy cannot have come to it.
    """
    if code == 0:
        return Reason(Outcome.ENTITLED)
    outcome = Outcome.NOT_ENTITLED if code > 0 else Outcome.UNDECIDED
    size, conditions = abs(code), len(policy.conditions)
    if size <= conditions:
        return Reason(outcome, Ground.CONDITION, size)
    if size == conditions + 1:
        return Reason(outcome, Ground.RATES)
    if size == conditions + 2 and policy.once and code > 0:
        return Reason(outcome, Ground.GIVEN_BEFORE)
    number = size - conditions - 2
    if 1 <= number <= len(policy.gives_way_to):
        return Reason(outcome, Ground.OTHER_POLICY, number)
    raise ValueError(f"{policy.code} cannot come to {code}")
