"""What other rooms may ask of other departments' registers: evidence, never a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from junheng.evidence.engine.people import Person
from junheng.evidence.events import connection_back, delivery_loaded
from junheng.evidence.files.columns import title_of
from junheng.evidence.models import Connection, Finding, Register, State
from junheng.evidence.models.records import number_index
from junheng.evidence.selectors.findings import is_failing, newest_findings, registers_connected
from junheng.evidence.services.asking import (
    Answer,
    Question,
    answer_of,
    look_up,
    look_up_many,
)
from junheng.evidence.services.connecting import connect_service, connect_tables
from junheng.evidence.services.connecting import describe_anew as describe_service
from junheng.evidence.services.importing import load as load_delivery

__all__ = [
    "Answer",
    "Connection",
    "Person",
    "Question",
    "Register",
    "State",
    "connect_service",
    "connect_tables",
    "connected",
    "connection_back",
    "connections_of",
    "delivery_loaded",
    "describe_service",
    "findings_of",
    "findings_of_many",
    "forget",
    "is_failing",
    "load_delivery",
    "look_up",
    "look_up_many",
    "number_index",
    "title_of",
]


def connected(path: str = "") -> frozenset[Register]:
    """The registers that can be asked, so that no family is asked for what they hold.

    Args:
        path: A place; only connections that are for it count. "" for all.
    """
    return registers_connected(path)


def connections_of(path: str) -> list[Connection]:
    """The connections that are for a place, by register and name."""
    return list(Connection.objects.active(path))


def findings_of(subject: str) -> list[Answer]:
    """The last answer in each role of a subject; whoever shows it to somebody notes the reading."""
    return [answer_of(row) for row in newest_findings([subject])]


def findings_of_many(subjects: Collection[str]) -> dict[str, list[Answer]]:
    """The same for many subjects in one query; subjects without an answer are left out."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for row in newest_findings(subjects):
        answers[row.subject].append(answer_of(row))
    return dict(answers)


def forget(subject: str) -> int:
    """Remove every finding about a subject, when its time of keeping ends; how many those were."""
    return Finding.objects.filter(subject=subject).delete()[0]
