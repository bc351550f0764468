"""Everything that was decided of one person in a term, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from junheng.aid.engine.outcomes import Outcome, reason_of
from junheng.aid.models import AidTerm, DecidedDay, Entitlement, PersonAnswers, PolicyVersion
from junheng.aid.selectors.policies import content_of, policy_from
from junheng.aid.selectors.reached import paid_to
from junheng.aid.sentences.reasons import Clause, clauses_of, facts_on, what_would_change, why


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """What was decided of a person and a policy on a counting day.

    Attributes:
        outcome: The answer.
        fen: What is due; None unless entitled.
        paid_fen: What reached its account.
        sentence: Why, in one sentence.
        clauses: Every condition as it stands; empty where it is not for this reader.
        changes: What would change the answer.
        document: What the policy rests on.
    """

    policy: str
    title: str
    day: date
    outcome: Outcome
    fen: int | None
    paid_fen: int
    sentence: str
    clauses: tuple[Clause, ...]
    changes: tuple[str, ...]
    document: str


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
    days = PersonAnswers.objects.published(term.matter).filter(subject=subject).order_by("day")
    paid = paid_to(subject, term)
    return [one for row in days for one in _of_day(row, term, titles, closed, paid)]


def _of_day(
    row: PersonAnswers,
    term: AidTerm,
    titles: Mapping[str, str],
    closed: frozenset[str],
    paid: Mapping[tuple[str, date], int],
) -> list[PolicyAnswer]:
    decided = DecidedDay.objects.get(run=row.run_id, day=row.day)
    contents = _contents(term.place.path, decided.policies)
    due = dict(
        Entitlement.objects.filter(
            run=row.run_id, subject=row.subject, for_day=row.day
        ).values_list("policy", "fen")
    )
    facts = facts_on(row.facts, row.day)
    shown = []
    for (code, _version), answer in zip(decided.policies, row.answers, strict=True):
        if code in closed and answer != 0:
            continue
        content = contents[code]
        policy = policy_from(content)
        clauses = clauses_of(content, facts) if code not in closed else []
        shown.append(
            PolicyAnswer(
                policy=code,
                title=titles.get(code, code),
                day=row.day,
                outcome=reason_of(policy, answer).outcome,
                fen=due.get(code),
                paid_fen=paid.get((code, row.day), 0),
                sentence=why(policy, answer, clauses, titles),
                clauses=tuple(clauses),
                changes=tuple(what_would_change(clauses)) if answer else (),
                document=" ".join(filter(None, (content["document"], content["document_number"])))
                if code not in closed
                else "",
            )
        )
    return shown


def _contents(path: str, policies: list[tuple[str, int]]) -> dict[str, dict[str, Any]]:
    rows = PolicyVersion.objects.filter(
        policy__path=path, policy__code__in=[code for code, _number in policies]
    ).select_related("policy")
    known = {(row.policy.code, row.number): row for row in rows}
    return {code: content_of(known[code, number]) for code, number in policies}
