"""The read log: who was shown what that is masked for others, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model

from junheng.accounts.models import ReadLog, User


def note_read(
    user: User, subject: Model, fields: Iterable[str], reason: str, *, address: str | None = None
) -> ReadLog:
    """Write down a reading, before the value is shown.

    Args:
        user: Who is about to read.
        subject: The row that is read; its kind and key are kept, nothing of its content.
        fields: Names of the fields that are shown in clear.
        reason: Why, in the reader's words; must not be empty.
        address: The reader's network address, where there is a request.

    Raises:
        ValueError: Without a reason, or without a field.
    """
    shown, why = sorted(set(fields)), reason.strip()
    if not shown or not why:
        raise ValueError("a reading needs a reason and at least one field")
    return ReadLog.objects.create(
        reader=user,
        reader_path=user.home.path if user.home else "",
        kind=subject._meta.label_lower,
        key=str(subject.pk),
        fields=shown,
        reason=why,
        address=address,
    )
