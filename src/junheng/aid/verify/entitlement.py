"""One person and one policy at a time, in plain Python with three truth values.

The engine decides everybody at once in SQL. This does the same slowly, so that a mistake in one
does not hide in the other; a family's page and an auditor's laptop can run it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from sqlglot import exp, parse_one

Truth = bool | None
Facts = Mapping[str, Any]


class RateLike(Protocol):
    """What is read of a rate: for whom (None for everybody), and how much.

    That is a number of fen, or so many `permille` `of` a fact.
    """

    @property
    def when(self) -> Any: ...
    @property
    def pays(self) -> Any: ...


class PolicyLike(Protocol):
    """What is read of a version of a policy."""

    @property
    def code(self) -> str: ...
    @property
    def conditions(self) -> Sequence[Any]: ...
    @property
    def rates(self) -> Sequence[RateLike]: ...
    @property
    def gives_way_to(self) -> Sequence[str]: ...
    @property
    def once(self) -> bool: ...


def full_years(born_on: date | None, day: date) -> int | None:
    """How old somebody is on a day; born on 29 February, a year more on 1 March."""
    if born_on is None:
        return None
    not_yet = (day.month, day.day) < (born_on.month, born_on.day)
    return day.year - born_on.year - not_yet


def decide(
    policies: Sequence[PolicyLike],
    facts: Facts,
    day: date,
    given: Collection[str] = (),
) -> dict[str, tuple[int, int | None]]:
    """All policies of a counting day for one person.

    Args:
        policies: In any order; which gives way to which is followed from one to the next.
        facts: The facts that hold on the day, by name; a missing one may be left out.
        day: The counting day.
        given: Codes of the policies that the person was given once before.

    Returns:
        By code: the number of the answer as the engine has it, and the fen if it is 0.
    """
    told = {**facts, "age": full_years(facts.get("born_on"), day)}
    by_code = {policy.code: policy for policy in policies}
    done: dict[str, tuple[int, int | None]] = {}

    def answer(code: str) -> tuple[int, int | None]:
        if code not in done:
            policy = by_code[code]
            own, fen = _alone(policy, told, code in given)
            others = [answer(way)[0] if way in by_code else None for way in policy.gives_way_to]
            number = _way(own, others, len(policy.conditions) + 3)
            done[code] = number, fen if number == 0 else None
        return done[code]

    for policy in policies:
        answer(policy.code)
    return done


def rate_for(rates: Sequence[RateLike], facts: Facts) -> tuple[int, Truth]:
    """The first rate that is not ruled out: its place from 1, and whether it is somebody's.

    Returns:
        0 and no if all are ruled out. A share is ruled out where it comes to nothing, and cannot
        be told where the amount is not.
    """
    for place, rate in enumerate(rates, 1):
        meant = rate.when is None or truth(rate.when.text, facts)
        fen = _fen(rate, facts)
        holds = _all([meant, None if fen is None else fen >= 1])
        if holds is not False:
            return place, holds
    return 0, False


def truth(text: str, facts: Facts) -> Truth:
    """Whether a condition holds of these facts: yes, no, or it cannot be told."""
    return _truth(_tree(text), facts)


@lru_cache(maxsize=1024)
def _tree(text: str) -> exp.Expr:
    return parse_one(text, read="postgres")


def _alone(policy: PolicyLike, facts: Facts, given: bool) -> tuple[int, int | None]:  # noqa: FBT001
    told = [truth(condition.text, facts) for condition in policy.conditions]
    rate, holds = rate_for(policy.rates, facts)
    rates = len(told) + 1
    if False in told:
        return told.index(False) + 1, None
    if rate == 0:
        return rates, None
    if policy.once and given:
        return rates + 1, None
    if None in told:
        return -(told.index(None) + 1), None
    if holds is None:
        return -rates, None
    return 0, _fen(policy.rates[rate - 1], facts)


def _fen(rate: RateLike, facts: Facts) -> int | None:
    """What a rate comes to for somebody, of a share what is whole of it; None if nobody told."""
    if isinstance(rate.pays, int):
        return rate.pays
    amount = facts.get(rate.pays.of)
    return None if amount is None else amount * rate.pays.permille // 1000


def _way(own: int, others: Sequence[int | None], first: int) -> int:
    if own > 0:
        return own
    for place, other in enumerate(others):
        if other == 0:
            return first + place
    if own < 0:
        return own
    for place, other in enumerate(others):
        if other is not None and other < 0:
            return -(first + place)
    return 0


_COMPARED: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
}


def _truth(node: exp.Expr, facts: Facts) -> Truth:
    match node:
        case exp.Paren():
            return _truth(node.this, facts)
        case exp.Not():
            inner = _truth(node.this, facts)
            return None if inner is None else not inner
        case exp.And():
            return _all([_truth(node.left, facts), _truth(node.right, facts)])
        case exp.Or():
            return _any([_truth(node.left, facts), _truth(node.right, facts)])
        case exp.In():
            one = _value(node.this, facts)
            return _any([_compared(operator.eq, one, _value(e, facts)) for e in node.expressions])
        case exp.Between():
            one = _value(node.this, facts)
            low, high = (_value(node.args[end], facts) for end in ("low", "high"))
            return _all([_compared(operator.ge, one, low), _compared(operator.le, one, high)])
    if compare := _COMPARED.get(type(node)):
        return _compared(compare, _value(node.this, facts), _value(node.expression, facts))
    found = _value(node, facts)
    return None if found is None else bool(found)


def _all(parts: Sequence[Truth]) -> Truth:
    return False if False in parts else None if None in parts else True


def _any(parts: Sequence[Truth]) -> Truth:
    return True if True in parts else None if None in parts else False


def _compared(how: Callable[[Any, Any], bool], left: object, right: object) -> Truth:
    return None if left is None or right is None else how(left, right)


def _value(node: exp.Expr, facts: Facts) -> Any:
    match node:
        case exp.Paren():
            return _value(node.this, facts)
        case exp.Column():
            return facts.get(node.name)
        case exp.Boolean():
            return bool(node.this)
        case exp.Literal():
            return str(node.this) if node.is_string else int(node.this)
        case exp.Cast():
            return date.fromisoformat(str(node.this.this))
        case exp.Neg():
            inner = _value(node.this, facts)
            return None if inner is None else -inner
        case exp.Add() | exp.Sub():
            left, right = _value(node.left, facts), _value(node.right, facts)
            if left is None or right is None:
                return None
            return left + right if isinstance(node, exp.Add) else left - right
        case _:
            return _truth(node, facts)
