"""What was found about a subject."""

from __future__ import annotations

from collections.abc import Collection

from junheng.evidence.models import Connection, Finding, Register, ServiceState


def registers_connected(path: str = "") -> frozenset[Register]:
    """The registers that can be asked."""
    rows = Connection.objects.active(path).values_list("register", flat=True).order_by()
    return frozenset(Register(value) for value in rows.distinct())


def newest_findings(subjects: Collection[str]) -> list[Finding]:
    """The last finding in each slot of these subjects, by subject."""
    return list(Finding.objects.filter(subject__in=subjects).newest().select_related("connection"))


def is_failing(register: Register) -> bool:
    """Whether a service of this register did not answer the last time it was asked."""
    states = ServiceState.objects.filter(failures__gt=0, connection__ended_on=None)
    failing: bool = states.filter(connection__register=register).exists()
    return failing
