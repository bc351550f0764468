"""Answers as a family reads them: what is given first, what is for others folded, nothing lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from junheng.aid.engine.outcomes import Outcome
from junheng.aid.selectors.person import PolicyAnswer
from junheng.aid.sentences.reasons import for_other_stages
from junheng.aid.web.answers import Line, shown

NO, YES, OPEN = Outcome.NOT_ENTITLED, Outcome.ENTITLED, Outcome.UNDECIDED


def answer(policy: str, outcome: Outcome = NO, **given: Any) -> PolicyAnswer:
    """An answer of a first day; only what matters to a test is spelled out."""
    facts: dict[str, Any] = {
        "title": policy,
        "day": date(2025, 9, 1),
        "fen": 100 if outcome is YES else None,
        "paid_fen": 0,
        "sentence": f"why {policy}",
        "basis": "",
        "clauses": (),
        "changes": (),
        "document": "",
        "other_stage": False,
    }
    return PolicyAnswer(policy=policy, outcome=outcome, **facts | given)


def policies(lines: list[Line]) -> list[str]:
    return [line.answer.policy for line in lines]


def test_what_is_given_is_read_apart_from_what_is_not_and_what_is_for_others() -> None:
    found = shown(
        [
            answer("college", other_stage=True),
            answer("meals", YES),
            answer("lunch"),
            answer("heating", OPEN),
        ]
    )
    assert found is not None
    assert policies(found.due) == ["meals"]
    assert policies(found.undecided) == ["heating"]
    assert policies(found.not_due) == ["lunch"]
    assert policies(found.elsewhere) == ["college"]


def test_what_was_paid_is_never_folded_away() -> None:
    found = shown([answer("college", other_stage=True, paid_fen=500)])
    assert found is not None
    assert policies(found.not_due) == ["college"]
    assert found.not_due[0].was_paid
    assert not found.elsewhere


def test_a_policy_for_others_is_counted_once_however_many_reasons_it_has() -> None:
    months = [
        answer("college", other_stage=True, sentence=f"why {day.month}", day=day)
        for day in (date(2025, 9, 1), date(2025, 10, 1))
    ]
    found = shown([*months, answer("nursery", other_stage=True)])
    assert found is not None
    assert len(found.elsewhere) == 3
    assert found.policies_elsewhere == 2


def test_where_nothing_was_decided_there_is_nothing_to_show() -> None:
    assert shown([]) is None


@pytest.mark.parametrize(
    ("text", "stage", "others"),
    [
        pytest.param("stage = 'higher'", "primary", True, id="another stage"),
        pytest.param("stage = 'higher'", "higher", False, id="their own stage"),
        pytest.param("stage = 'higher' AND boarder", "primary", True, id="whatever else is true"),
        pytest.param("stage = 'higher' OR boarder", "primary", False, id="boarders of all stages"),
        pytest.param("boarder", "primary", False, id="it does not ask for the stage"),
        pytest.param("stage = 'higher'", None, False, id="nobody told the stage"),
    ],
)
def test_a_policy_is_for_others_where_it_fails_by_the_stage_alone(
    text: str, stage: str | None, others: bool
) -> None:
    content = {"conditions": [{"text": "registered_poor"}, {"text": text}]}
    facts = {"stage": stage, "boarder": False, "registered_poor": False}
    assert for_other_stages(content, facts) is others
