"""Texts that guardians agree to: kept word for word, the newest one is shown."""

from __future__ import annotations

import hashlib

from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.admissions.models import NoticeText
from junheng.admissions.services.standard_notices import TEXTS, VERSION
from junheng.commons.briefly import briefly
from junheng.commons.refusals import Refusal


class VersionGiven(Refusal):
    """A text of this version exists."""


@briefly
def newest(kind: str) -> NoticeText:
    """The text that holds now; the standard one where the bureau has issued none."""
    found: NoticeText | None = (
        NoticeText.objects.filter(kind=kind, since__lte=timezone.now()).order_by("-since").first()
    )
    return found or issue(kind, VERSION, TEXTS[kind])


def issue(kind: str, version: str, body: str) -> NoticeText:
    """Issue a new text; those who agreed to an older one keep theirs.

    Raises:
        VersionGiven: If the version is used already for another text.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    made, _new = NoticeText.objects.get_or_create(
        kind=kind,
        version=version,
        defaults={"body": body, "sha256": digest, "since": timezone.now()},
    )
    if made.sha256 != digest:
        raise VersionGiven(_("The version %s has another text. Give it a new one.") % version)
    issued: NoticeText = made
    return issued
