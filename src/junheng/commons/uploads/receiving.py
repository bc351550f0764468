"""Files come in piece by piece: a piece counts when it is on the disk, and only once."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.commons.models import Upload
from junheng.commons.models.uploads import MOST_BYTES
from junheng.commons.refusals import Refusal
from junheng.commons.uploads import jobs
from junheng.commons.uploads.shelf import one_at_a_time, pieces, write_piece
from junheng.commons.uploads.subjects import is_named

State = Upload.State
KEPT = timedelta(days=3)
"""So long an unfinished file waits for the rest of it."""
MOST_FILES, MOST_TOGETHER = 20, 60_000_000
"""Of one subject: files, and bytes of all of them."""
MOST_PIECES = 1_000
"""Of one file, each of which is a file on the disk: a line may break often, but not for ever."""
DAY = timedelta(days=1)
FILES_A_DAY = {False: 60, True: 1000}
"""Of one account, by whether it is of staff, who send in for many families."""
NAME_LENGTH = 120
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class TooLarge(Refusal):
    """The file is larger than any photo."""


class TooMany(Refusal):
    """There are files enough, of this matter or of this day."""


class Empty(Refusal):
    """There is nothing in the file."""


class Elsewhere(Refusal):
    """The piece does not begin where the one before it ended."""


class Over(Refusal):
    """The file is whole, taken back, or was left unfinished for too long."""


def begin(
    *, subject: str, owner: Any, name: str, length: int, key: str, now: datetime | None = None
) -> Upload:
    """Begin a file; asked twice with the same key, it is the same file.

    Raises:
        TooLarge: If it is larger than `MOST_BYTES`.
        Empty: If it has no bytes.
        TooMany: If the subject has files enough, or the account sent enough today.
    """
    moment = now or timezone.now()
    if length > MOST_BYTES:
        raise TooLarge(_("The file is larger than 10 MB. Take a photo and send that."))
    if length < 1:
        raise Empty(_("The file is empty. Choose another one."))
    with transaction.atomic():
        one_at_a_time(f"uploads of {owner.pk}", f"uploads for {subject}")
        known = Upload.objects.filter(owner=owner, subject=subject, key=key).first()
        if known is not None:
            return known
        _require_room(subject, owner, length, moment)
        made: Upload = Upload.objects.create(
            subject=subject,
            owner=owner,
            key=key,
            name=shown_name(name if is_named(subject) else ""),
            length=length,
            begun_at=moment,
            expires_at=moment + KEPT,
        )
        return made


def _require_room(subject: str, owner: Any, length: int, now: datetime) -> None:
    held = Upload.objects.filter(subject=subject).exclude(state=State.REMOVED)
    sums = held.aggregate(files=Count("id"), bytes=Sum("length", default=0))
    if sums["files"] >= MOST_FILES or sums["bytes"] + length > MOST_TOGETHER:
        raise TooMany(
            _("There are %d photos already, which is as many as can be kept. Remove one first.")
            % sums["files"]
        )
    today = Upload.objects.filter(owner=owner, begun_at__gt=now - DAY).count()
    if today >= FILES_A_DAY[bool(getattr(owner, "is_employee", False))]:
        raise TooMany(_("That was enough for one day. Send the rest tomorrow, or come to a desk."))


def shown_name(name: str) -> str:
    """A file's name as it may stand on a page: no folder, nothing invisible, not too long."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    return _UNPRINTABLE.sub("", last).strip()[:NAME_LENGTH] or _("Photo")


def append(
    upload: UUID, *, owner: Any, offset: int, piece: bytes, now: datetime | None = None
) -> Upload:
    """Add a piece; with the last one the file is whole and will be checked.

    Raises:
        Upload.DoesNotExist: If it is not this person's.
        Over: If nothing is to be added any more.
        Elsewhere: If the piece belongs to another place.
        TooLarge: If it is longer than what is missing.
    """
    with transaction.atomic():
        held: Upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload, owner=owner)
        if held.state != State.WAITING or held.expires_at <= (now or timezone.now()):
            raise Over(_("Nothing can be added to this file any more. Send it again."))
        if offset != held.received:
            raise Elsewhere(_("The file goes on elsewhere."))
        if offset + len(piece) > held.length:
            raise TooLarge(_("The file is longer than was said. Send it again."))
        if pieces(upload) >= MOST_PIECES:
            raise Over(_("Nothing can be added to this file any more. Send it again."))
        write_piece(upload, offset, piece)
        held.received += len(piece)
        held.save(update_fields=["received"])
        if held.received == held.length:
            hand_over(held)
        return held


def hand_over(held: Upload) -> None:
    """Let the worker look at a file that is whole."""
    Upload.objects.filter(pk=held.pk).update(state=State.CHECKING)
    held.state = State.CHECKING
    jobs.check.later(by=None, upload=str(held.pk))
