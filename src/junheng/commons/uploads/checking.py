"""A file that is whole is scanned and written anew; what is left over is cleared away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.commons.models import Upload
from junheng.commons.refusals import Refusal
from junheng.commons.storage import Damaged
from junheng.commons.uploads.pictures import Unsafe, made_safe
from junheng.commons.uploads.scanning import is_harmless
from junheng.commons.uploads.shelf import (
    drop_photo,
    drop_pieces,
    files,
    one_at_a_time,
    put_photo,
    whole,
)
from junheng.commons.uploads.subjects import removal_page

State, Reason = Upload.State, Upload.Reason
FORGOTTEN = timedelta(minutes=10)
"""A file that is still being checked after that is checked once more."""
AT_ONCE = 50


class TakesTwo(Refusal):
    """The file is not removed by one person."""


def check_upload(upload: UUID) -> None:
    """Make a whole file safe and keep it, or say why not; once, however often it is asked for.

    Raises:
        ScannerAway: If the scanner does not answer; the file goes on waiting.
    """
    waiting = Upload.objects.filter(pk=upload, state=State.CHECKING).first()
    if waiting is None:
        return
    try:
        _keep(upload, made_safe(_scanned(waiting)))
    except Unsafe as told:
        _settle(upload, State.REFUSED, told.reason)
    drop_pieces(upload)


def _scanned(upload: Upload) -> bytes:
    try:
        data = whole(upload.pk, upload.length)
    except Damaged:
        raise Unsafe(Reason.DAMAGED) from None
    if not is_harmless(data):
        raise Unsafe(Reason.HARMFUL)
    return data


def _keep(upload: UUID, picture: bytes) -> None:
    """Store a picture for a subject once, though it came twice."""
    sha256 = hashlib.sha256(picture).hexdigest()
    with transaction.atomic():
        one_at_a_time(f"uploaded {sha256}", f"photo {upload}")
        held = _held(upload)
        if held is None:
            return
        if _is_there(held.subject, sha256):
            held.state, held.reason, held.removed_at = State.REMOVED, Reason.SAME, timezone.now()
        else:
            put_photo(upload, picture)
            held.state, held.sha256 = State.READY, sha256
        held.checked_at = timezone.now()
        held.save(update_fields=["state", "reason", "sha256", "checked_at", "removed_at"])


def _is_there(subject: str, sha256: str) -> bool:
    return Upload.objects.filter(subject=subject, sha256=sha256, state=State.READY).exists()


def _held(upload: UUID) -> Upload | None:
    rows = Upload.objects.select_for_update(of=("self",))
    return rows.filter(pk=upload, state=State.CHECKING).first()


def _settle(upload: UUID, state: str, reason: str) -> None:
    with transaction.atomic():
        held = _held(upload)
        if held is not None:
            held.state, held.reason, held.checked_at = state, reason, timezone.now()
            held.save(update_fields=["state", "reason", "checked_at"])


def take_back(upload: UUID, *, by: Any) -> None:
    """Remove a file that one sent in.

    Raises:
        TakesTwo: If it was received, and proves something that two people have to let go.
    """
    with transaction.atomic():
        held = Upload.objects.select_for_update(of=("self",)).get(pk=upload)
        if held.state == State.READY and removal_page(held.subject, held.pk):
            raise TakesTwo(_("Two people remove this photo. Ask for it here, with a reason."))
        remove(upload, by=by)


def remove(upload: UUID, *, by: Any, now: datetime | None = None) -> None:
    """Let a file go: its name and contents go, that there was one stays."""
    with transaction.atomic():
        held = Upload.objects.select_for_update(of=("self",)).get(pk=upload)
        if held.state == State.REMOVED:
            return
        held.state, held.removed_at, held.removed_by = State.REMOVED, now or timezone.now(), by
        held.name = ""
        held.save(update_fields=["state", "removed_at", "removed_by", "name"])
        transaction.on_commit(partial(clear_away, held))


def forget(subject: str, *, by: Any = None) -> int:
    """Delete all files of a subject, when nobody may keep them any longer; how many that were."""
    kept = Upload.objects.filter(subject=subject).exclude(state=State.REMOVED)
    with transaction.atomic():
        gone = list(kept.order_by("pk").values_list("pk", flat=True))
        for upload in gone:
            remove(upload, by=by)
    return len(gone)


def clear_away(gone: Upload) -> None:
    """Delete what is stored of a file that was taken back."""
    drop_pieces(gone.pk)
    if not gone.sha256:
        return
    with transaction.atomic():
        one_at_a_time(f"uploaded {gone.sha256}", f"photo {gone.pk}")
        drop_photo(gone.pk)
        if not Upload.objects.filter(sha256=gone.sha256).exclude(state=State.REMOVED).exists():
            files().path(gone.sha256).unlink(missing_ok=True)
        Upload.objects.filter(pk=gone.pk).update(sha256="")


def tidy(now: datetime | None = None) -> Iterator[UUID]:
    """Clear away what was never finished or not wholly removed; yields what is still unchecked."""
    moment = now or timezone.now()
    late = Upload.objects.filter(state=State.WAITING, expires_at__lte=moment)
    for row in late[:AT_ONCE]:
        remove(row.pk, by=None, now=moment)
    for row in Upload.objects.filter(state=State.REMOVED).exclude(sha256="")[:AT_ONCE]:
        clear_away(row)
    stuck = Upload.objects.filter(state=State.CHECKING, begun_at__lte=moment - FORGOTTEN)
    yield from stuck.order_by("begun_at").values_list("pk", flat=True)[:AT_ONCE]
