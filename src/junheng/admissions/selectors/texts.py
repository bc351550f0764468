"""The texts that guardians agree to, version by version."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from junheng.admissions.models import Application, NoticeText

Kind = NoticeText.Kind


@dataclass(frozen=True, slots=True)
class TextRow:
    """A version of a text: since when it is shown, and how many applications name it."""

    text: NoticeText
    agreed: int
    holds: bool


def texts() -> list[tuple[str, list[TextRow]]]:
    """Every version by kind, newest first, in three queries."""
    rows = list(NoticeText.objects.order_by("kind", "-since"))
    agreed = _counted("consent") | _counted("declaration")
    found = []
    for kind in Kind:
        mine = [row for row in rows if row.kind == kind]
        found.append(
            (
                str(kind.label),
                [TextRow(row, agreed.get(row.pk, 0), n == 0) for n, row in enumerate(mine)],
            )
        )
    return found


def _counted(name: str) -> dict[int, int]:
    rows = Application.objects.exclude(**{name: None}).values_list(name)
    return dict(rows.annotate(n=Count("pk")).order_by())
