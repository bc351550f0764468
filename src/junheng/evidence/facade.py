"""What other rooms may ask of other departments' registers: evidence, never a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from junheng.evidence.engine.names import clean_name, syllables_of
from junheng.evidence.engine.numbers import State as NumberState
from junheng.evidence.engine.numbers import comparable, read_numbers
from junheng.evidence.engine.people import Person
from junheng.evidence.engine.steps import Pair, Step, pairs_of
from junheng.evidence.events import connection_back, delivery_loaded
from junheng.evidence.files.columns import AMOUNTS, COLUMNS, NAMED_BY, title_of
from junheng.evidence.models import LOOKED_UP, Connection, Finding, Register, Silence, State
from junheng.evidence.models.records import number_index
from junheng.evidence.selectors.entries import (
    Entries,
    entries_delivered,
    newest_entries,
    newest_of,
)
from junheng.evidence.selectors.findings import is_failing, newest_findings, registers_connected
from junheng.evidence.selectors.quality import ANSWERED, count_also
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
from junheng.evidence.services.means import Owned, ask_by_number, people_at_once, why_left_alone

__all__ = [
    "AMOUNTS",
    "ANSWERED",
    "COLUMNS",
    "LOOKED_UP",
    "NAMED_BY",
    "Answer",
    "Connection",
    "Entries",
    "NumberState",
    "Owned",
    "Pair",
    "Person",
    "Question",
    "Register",
    "Silence",
    "State",
    "Step",
    "ask_by_number",
    "clean_name",
    "comparable",
    "connect_service",
    "connect_tables",
    "connected",
    "connection_back",
    "connections_of",
    "count_also",
    "delivery_loaded",
    "describe_service",
    "entries_delivered",
    "entries_of",
    "findings_of",
    "findings_of_many",
    "forget",
    "forget_older",
    "is_failing",
    "load_delivery",
    "look_up",
    "look_up_many",
    "newest_of",
    "number_index",
    "pairs_of",
    "people_at_once",
    "read_numbers",
    "syllables_of",
    "title_of",
    "why_left_alone",
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


def forget_older(prefix: str, until: datetime, most: int) -> int:
    """Remove findings of one kind of subject that are older than a moment; how many those were.

    Args:
        prefix: How the subjects begin, such as "transfer:".
        until: What was asked before it goes.
        most: So many at once.
    """
    old = Finding.objects.filter(subject__startswith=prefix, at__lt=until).order_by("pk")
    return Finding.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:most])).delete()[0]


def entries_of(register: Register, path: str) -> Entries | None:
    """Every row of the newest delivery of a register that is for a place, for a comparison in bulk.

    Whoever reads them in the clear derives what is needed and keeps nothing else.

    Args:
        register: One that comes as tables; a service is asked one by one.
        path: The place whose register is compared.

    Returns:
        The rows with the day on which they were true; None if nothing was delivered, which is not
        the same as nobody being in it.
    """
    return newest_entries(register, path)
