"""A scan of a signed paper is removed by two people: it proves what was asked by it.

Alone nobody takes one away, not even who sent it in by mistake: one asks with a reason, another
one agrees, and both stay in the log. With the household's data it goes by itself; see `scans`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.access import may_agree_to_removal, may_authorise, sees_households
from junheng.aid.models import CheckAuthorisation, SignedScan
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.aid.models.scans import REMOVAL
from junheng.commons import approvals, uploads
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal


class NotRemoved(Refusal):
    """There is nothing to remove, or nobody said why."""


def ask_removal(row: CheckAuthorisation, scan: UUID, why: str, *, by: User) -> Approval:
    """Ask that a scan is removed.

    Args:
        row: The authorisation that it proves.
        scan: Which.
        why: What is wrong with it.
        by: Who keeps authorisations of the household.

    Raises:
        NotRemoved: If it is no scan of this authorisation, is gone, or no reason is given.
        AlreadyAsked: If the removal of a scan of this authorisation waits.
    """
    return approvals.ask(
        REMOVAL,
        matter=_matter_of(row),
        path=row.household.village.path,
        by=by,
        payload={"authorisation": row.pk, "scan": str(scan)},
        reason=why.strip(),
        title=f"{_('Remove the scan of an authorisation')}: {row.household.number}",
        url=reverse("aid:authorisation", args=[row.ref]),
    )


def waiting(row: CheckAuthorisation) -> Approval | None:
    """The removal of a scan that waits for its second person, if any."""
    return approvals.waiting_for(_matter_of(row)).get(REMOVAL)


def _matter_of(row: CheckAuthorisation) -> str:
    """What the step is about: one removal of an authorisation waits at a time."""
    return f"{REMOVAL} {row.ref}"


def register() -> None:
    """Make the step known to the pages of approvals."""
    approvals.register(
        approvals.Step(
            REMOVAL,
            gettext_lazy("Remove the scan of an authorisation"),
            may_authorise,
            may_agree_to_removal,
            _visible,
            sees_households,
            _check,
            _carry_out,
            _facts,
        )
    )


def _visible(user: Any) -> Q:
    return scope_q(user, "path", SEES_HOUSEHOLDS)


def _authorisation(approval: Approval) -> CheckAuthorisation:
    rows = CheckAuthorisation.objects.select_related("household__village")
    row: CheckAuthorisation = rows.get(pk=approval.payload["authorisation"])
    return row


def _scan(approval: Approval) -> SignedScan | None:
    """The scan, as long as it is there."""
    subject = _authorisation(approval).scans
    rows = SignedScan.objects.filter(subject=subject, state=SignedScan.State.READY)
    return rows.filter(pk=approval.payload["scan"]).select_related("owner").first()


def _check(approval: Approval) -> None:
    if not approval.reason:
        raise NotRemoved(_("Say why the scan is to be removed."))
    if _scan(approval) is None:
        raise NotRemoved(_("There is no such scan of this authorisation any more."))


def _carry_out(approval: Approval) -> None:
    uploads.remove(UUID(approval.payload["scan"]), by=approval.decided_by)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row, scan = _authorisation(approval), _scan(approval)
    yield _("Household number"), row.household.number
    yield _("Number of the paper"), row.paper
    if scan is not None:
        photo = reverse("commons:upload", args=[scan.pk])
        yield (
            _("Scan"),
            format_html(
                '<a href="{}" target="_blank" rel="noopener">{}</a>', photo, _("Look at the scan")
            ),
        )
        yield _("Sent in by"), scan.owner
        yield _("Sent in at"), scan.begun_at
        yield _("Scans that there are"), len(uploads.files_of(row.scans))
