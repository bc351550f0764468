"""Everything that was decided of one person in a term, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from junheng.aid.engine.outcomes import Outcome, reason_of
from junheng.aid.models import AidTerm, DecidedDay, Entitlement, PersonAnswers, PolicyVersion
from junheng.aid.selectors.policies import content_of, policy_from
from junheng.aid.selectors.reached import paid_to
from junheng.aid.sentences import rates
from junheng.aid.sentences.reasons import (
    Clause,
    clauses_of,
    facts_on,
    for_other_stages,
    what_would_change,
    why,
)


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """What was decided of a person and a policy on a counting day.

    Attributes:
        outcome: The answer.
        fen: What is due; None unless entitled.
        paid_fen: What reached its account.
        sentence: Why, in one sentence.
        basis: Of what the amount is a share, in one sentence; "" where it is none.
        clauses: Every condition as it stands; empty where it is not for this reader.
        changes: What would change the answer.
        document: What the policy rests on.
        other_stage: Whether the policy is made for people of other stages.
    """

    policy: str
    title: str
    day: date
    outcome: Outcome
    fen: int | None
    paid_fen: int
    sentence: str
    basis: str
    clauses: tuple[Clause, ...]
    changes: tuple[str, ...]
    document: str
    other_stage: bool


def answers_for(
    subject: UUID, term: AidTerm, titles: Mapping[str, str], *, closed: frozenset[str] = frozenset()
) -> list[PolicyAnswer]:
    """What was decided of a person by the published run of a term.

    Args:
        subject: A pupil or beneficiary.
        term: The term.
        titles: What policies are called for the reader.
        closed: Policies of which the reader learns what is due and never why: of those only what
            is due is told.
    """
    rows = list(
        PersonAnswers.objects.published(term.matter).filter(subject=subject).order_by("day")
    )
    if not rows:
        return []
    days = list(DecidedDay.objects.filter(run=rows[0].run_id).order_by("day"))
    asked = _Asked(
        titles,
        closed,
        paid_to(subject, term),
        _due(rows[0]),
        _contents(term.place.path, days),
    )
    return [one for day in days for one in _of_day(day, days, rows, asked)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is the same for every day of an answer."""

    titles: Mapping[str, str]
    closed: frozenset[str]
    paid: Mapping[tuple[str, date], int]
    due: Mapping[tuple[str, date], int | None]
    contents: Mapping[tuple[str, int], dict[str, Any]]


def _of_day(
    decided: DecidedDay, days: Sequence[DecidedDay], rows: Sequence[PersonAnswers], asked: _Asked
) -> Iterator[PolicyAnswer]:
    """The answers of a day: where nothing changed they stand with an earlier one."""
    policies = {each.day: [tuple(one) for one in each.policies] for each in days}
    wanted = set(policies[decided.day])
    holding = [row for row in rows if row.day <= decided.day and wanted <= set(policies[row.day])]
    if not holding:
        return
    row = holding[-1]
    answers = dict(zip(policies[row.day], row.answers, strict=True))
    facts = facts_on(row.facts, decided.day)
    for one in policies[decided.day]:
        if one[0] not in asked.closed or answers[one] == 0:
            yield _answer(asked, one, answers[one], facts, decided.day)


def _answer(
    asked: _Asked, which: tuple[str, int], answer: int, facts: Mapping[str, Any], day: date
) -> PolicyAnswer:
    code, content = which[0], asked.contents[which]
    policy = policy_from(content)
    told = code not in asked.closed
    basis, missing = rates.basis(policy, facts), rates.what_is_missing(policy, facts)
    clauses = clauses_of(content, facts) if told else []
    return PolicyAnswer(
        policy=code,
        title=asked.titles.get(code, code),
        day=day,
        outcome=reason_of(policy, answer).outcome,
        fen=asked.due.get((code, day)),
        paid_fen=asked.paid.get((code, day), 0),
        sentence=why(policy, answer, clauses, asked.titles),
        basis=basis if told and (answer == 0 or (answer < 0 and missing)) else "",
        clauses=tuple(clauses),
        changes=(*what_would_change(clauses), *missing) if told and answer else (),
        document=" ".join((content["document"], content["document_number"])).strip()
        if told
        else "",
        other_stage=for_other_stages(content, facts),
    )


def _due(row: PersonAnswers) -> dict[tuple[str, date], int | None]:
    found = Entitlement.objects.filter(run=row.run_id, subject=row.subject)
    return {(code, day): fen for code, day, fen in found.values_list("policy", "for_day", "fen")}


def _contents(path: str, days: Sequence[DecidedDay]) -> dict[tuple[str, int], dict[str, Any]]:
    codes = {code for day in days for code, _number in day.policies}
    rows = PolicyVersion.objects.filter(policy__path=path, policy__code__in=codes)
    return {(row.policy.code, row.number): content_of(row) for row in rows.select_related("policy")}
