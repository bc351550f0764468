"""Texts that guardians agree to: word for word, the newest is shown, and two people issue it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User, paths_of
from junheng.admissions.models import NoticeText
from junheng.admissions.models.querysets import OFFICERS
from junheng.admissions.services import for_two
from junheng.admissions.services.standard_notices import ENGLISH, TEXTS, VERSION
from junheng.commons import approvals
from junheng.commons.briefly import briefly
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal

ISSUE = "admissions.issue_notice"
VERSIONS = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")


class VersionGiven(Refusal):
    """A text of this version exists."""


class NothingNew(Refusal):
    """The text is the one that holds already, or there is none."""


@briefly
def newest(kind: str) -> NoticeText:
    """The text that holds now; the standard one where the bureau has issued none."""
    found: NoticeText | None = (
        NoticeText.objects.filter(kind=kind, since__lte=timezone.now()).order_by("-since").first()
    )
    return found or issue(kind, VERSION, TEXTS[kind], ENGLISH[kind])


def issue(kind: str, version: str, body: str, english: str = "") -> NoticeText:
    """Issue a new text; those who agreed to an older one keep theirs.

    Raises:
        VersionGiven: If the version is used already for another text.
    """
    digest = fingerprint(body, english)
    made, _new = NoticeText.objects.get_or_create(
        kind=kind,
        version=version,
        defaults={"body": body, "english": english, "sha256": digest, "since": timezone.now()},
    )
    if made.sha256 != digest:
        raise VersionGiven(_("The version %s has another text. Give it a new one.") % version)
    issued: NoticeText = made
    return issued


def fingerprint(body: str, english: str = "") -> str:
    """SHA-256 of a text with its translation, which a guardian's consent is bound to."""
    return hashlib.sha256("\n\n".join(filter(None, (body, english))).encode()).hexdigest()


# ------------------------------------------------------------------------- by two people


def ask_to_issue(kind: str, version: str, body: str, english: str, *, by: User) -> Approval:
    """Ask a second person to agree to a new text; nothing changes for families before.

    Raises:
        VersionGiven: If there is a text of this version.
        NothingNew: If it says what the one that holds says.
        AlreadyAsked: If a text of this kind waits already.
        NotTheirs: If the person's post does not cover it.
    """
    paths = paths_of(by, OFFICERS)
    return approvals.ask(
        ISSUE,
        matter=f"{ISSUE}.{kind}",
        path=paths[0] if paths else "",
        by=by,
        payload={"kind": kind, "version": version, "body": body, "english": english},
        title=_("Issue version %(version)s of the %(kind)s")
        % {"version": version, "kind": NoticeText.Kind(kind).label},
        url=reverse("admissions:texts"),
    )


def require_new(kind: str, version: str, body: str, english: str) -> None:
    """Make sure that a text can be issued.

    Raises:
        VersionGiven: If the version is not one, or is given.
        NothingNew: If it says what the one that holds says, or nothing.
    """
    if not VERSIONS.fullmatch(version):
        raise VersionGiven(_("A version is letters, digits, dots and hyphens, such as 2027-1."))
    if NoticeText.objects.filter(kind=kind, version=version).exists():
        raise VersionGiven(_("The version %s is given already. Take the next one.") % version)
    if not body.strip() or newest(kind).sha256 == fingerprint(body, english):
        raise NothingNew(_("This is the text that holds already. Change it first."))


def _check(approval: Approval) -> None:
    require_new(**approval.payload)


def _carry_out(approval: Approval) -> None:
    issue(**approval.payload)


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    told = approval.payload
    yield _("Version"), told["version"]
    yield _("Text"), told["body"]
    yield _("English translation"), told["english"] or "—"


def register() -> None:
    """Make the step known to the pages of approvals."""
    title = gettext_lazy("Issue a text that families agree to")
    for_two.register(ISSUE, title, check=_check, carry_out=_carry_out, facts=_facts)
