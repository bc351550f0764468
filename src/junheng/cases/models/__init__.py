"""Tables of cases, of the work calendar and of the consultation desk."""

from __future__ import annotations

from junheng.cases.models.calendar import WorkDay
from junheng.cases.models.cases import Case, CaseEntry, CasePause
from junheng.cases.models.desk import AnswerVersion, Channel, Consultation, StandardAnswer

__all__ = [
    "AnswerVersion",
    "Case",
    "CaseEntry",
    "CasePause",
    "Channel",
    "Consultation",
    "StandardAnswer",
    "WorkDay",
]
