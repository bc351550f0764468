"""What was found about a subject."""

from __future__ import annotations

from collections.abc import Collection

from junheng.evidence.models import Connection, Finding, Register


def registers_connected(path: str = "") -> frozenset[Register]:
    """The registers that can be asked."""
    rows = Connection.objects.active(path).values_list("register", flat=True).order_by()
    return frozenset(Register(value) for value in rows.distinct())


def newest_findings(subjects: Collection[str]) -> list[Finding]:
    """The last finding in each slot of these subjects, by subject."""
    return list(Finding.objects.filter(subject__in=subjects).newest().select_related("connection"))
