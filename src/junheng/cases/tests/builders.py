"""Cases with good defaults, and two kinds: one is worked on by hand, one is settled by its room."""

from __future__ import annotations

from typing import Any

import pytest

from junheng.accounts.tests import cast
from junheng.cases import kinds as registry
from junheng.cases.kinds import CaseKind
from junheng.cases.models import Case
from junheng.cases.services import cases as services
from junheng.places.models import Role

REVIEW = CaseKind(
    key="tests.review",
    label="Review",
    days=3,
    role=Role.ADMISSIONS_OFFICER,
    escalates_to=(Role.BUREAU_LEADER,),
    page=lambda subject: f"/reviews/{subject}/",
    closes_by_owner=True,
)
MATTER = CaseKind(
    key="tests.matter",
    label="Matter of tests",
    days=5,
    role=Role.TOWNSHIP_OFFICER,
    escalates_to=(Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER),
)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds are registered while a test runs."""
    known = {**registry.all_kinds(), REVIEW.key: REVIEW, MATTER.key: MATTER}
    monkeypatch.setattr(registry, "_kinds", known)


def review(subject: str = "A-1", **given: Any) -> Case:
    """A review in the village's township, the officer's."""
    return _open(REVIEW, subject, **given)


def matter(subject: str = "M-1", **given: Any) -> Case:
    """A matter about school-1, the township's; somebody waits for an answer."""
    return _open(MATTER, subject, **{"asker": "Mr Zhao, 13800000001", **given})


def _open(kind: CaseKind, subject: str, **given: Any) -> Case:
    defaults: dict[str, Any] = {
        "subject": subject,
        "title": f"{kind.label} {subject}",
        "path": cast.school().path,
        "by": None,
    }
    return services.open_case(kind.key, **defaults | given)


def answered(case: Case) -> Case:
    """Done by Zhou, checked by Wu, answered by Zhou."""
    services.done(case.number, words="Looked into it.", by=cast.zhou())
    services.check(case.number, by=cast.wu())
    return services.answer(case.number, words="The lamp is mended.", by=cast.zhou())
