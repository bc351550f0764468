"""Scans of what households signed: who adds them, who looks at them, and when they go.

They are photos like all that is sent in: written anew, sealed, never public. What a file was
called is not kept, since it stays as long as the household and says nothing that the paper
does not.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from junheng.accounts.facade import Visitor, note_read
from junheng.aid.access import may_authorise, sees_households
from junheng.aid.models import CheckAuthorisation
from junheng.aid.models.check_rules import SCANS
from junheng.commons import uploads


def register() -> None:
    """Let files belong to authorisations."""
    uploads.register_subjects(
        SCANS, may_add, may_see, seen=note_seen, removal=removal_page, named=False
    )


def may_add(user: Visitor, key: str) -> bool:
    """Whoever keeps authorisations of the household, until the household is forgotten."""
    row = _authorisation(key)
    if row is None or row.signed_by.name is None:
        return False
    return may_authorise(user, row.household.village.path)


def may_see(user: Visitor, key: str) -> bool:
    """Whoever is in charge of the household."""
    row = _authorisation(key)
    return row is not None and sees_households(user, row.household.village.path)


def removal_page(key: str, scan: UUID) -> str:
    """Where the removal of a scan is asked for: it takes two people."""
    return reverse("aid:scan_removal", args=[key, scan])


def note_seen(user: Any, key: str) -> None:
    """Write down that somebody opened a scan."""
    if (row := _authorisation(key)) is not None:
        note_read(user, row, ["scan"], _("looking at the authorisation %s") % row.paper)


def forget(home: int) -> None:
    """Delete the scans of a household that is forgotten."""
    for row in CheckAuthorisation.objects.filter(household=home):
        uploads.forget(row.scans)


def _authorisation(key: str) -> CheckAuthorisation | None:
    try:
        ref = UUID(key)
    except ValueError:
        return None
    rows = CheckAuthorisation.objects.select_related("household__village", "signed_by")
    found: CheckAuthorisation | None = rows.filter(ref=ref).first()
    return found
