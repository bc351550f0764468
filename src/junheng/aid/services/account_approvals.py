"""The second person for accounts: approved, they count; refused, whoever entered them hears why."""

from __future__ import annotations

from contextlib import AbstractContextManager
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_approve
from junheng.aid.models import PayAccount, PaymentBatch
from junheng.aid.models.accounts import PayAccountQuerySet
from junheng.aid.services.batches import APPROVE, require_post
from junheng.aid.services.one_by_one import ACCOUNTS, wait_for_others
from junheng.commons.attempts import Breach, noting
from junheng.commons.masks import mask_name, mask_number
from junheng.commons.refusals import Refusal

NAMED = 5
"""So many accounts are named in a refusal."""


class TwoPeople(Breach):
    """Whoever entered an account does not approve or refuse it."""


class NothingWaits(Refusal):
    """Somebody was quicker, or another account came meanwhile."""


class NotApproved(Refusal):
    """A batch pays into an account that does not count."""


def approve(rows: PayAccountQuerySet, *, by: User) -> int:
    """Say yes to accounts as the second person; they take the place of those before.

    Args:
        rows: Which; those of them that wait.
        by: The second person.

    Returns:
        How many count from now on.

    Raises:
        NothingWaits: If none of them waits any more.
        TwoPeople: If they entered one of them.
        NotTheirPost: If their post does not cover one of them.
    """
    with _deciding(by), transaction.atomic():
        keys = _held(rows, by)
        chosen = PayAccount.objects.filter(pk__in=keys)
        people = chosen.exclude(subject="").values("subject")
        schools = chosen.filter(subject="").values("organisation")
        before = Q(subject__in=people) | Q(subject="", organisation__in=schools)
        now = timezone.now()
        PayAccount.objects.standing().filter(before).update(replaced_at=now)
        chosen.update(decided_by=by, decided_at=now)
    return len(keys)


def refuse(rows: PayAccountQuerySet, why: str, *, by: User) -> int:
    """Say no to accounts as the second person, with a reason for whoever entered them.

    Raises:
        NothingWaits: If none of them waits any more, or no reason is given.
        TwoPeople: If they entered one of them.
        NotTheirPost: If their post does not cover one of them.
    """
    if not why.strip():
        raise NothingWaits(_("Say why it is refused."))
    with _deciding(by), transaction.atomic():
        keys, now = _held(rows, by), timezone.now()
        PayAccount.objects.filter(pk__in=keys).update(
            decided_by=by, decided_at=now, replaced_at=now, refused_because=why.strip()[:200]
        )
    return len(keys)


def require_approved(batch: PaymentBatch) -> None:
    """Make sure that every line goes to an account that counts today.

    Raises:
        NotApproved: It names the lines.
    """
    wrong = list(batch.lines.exclude(Exists(_standing())).order_by("number")[: NAMED + 1])
    if not wrong:
        return
    named = _(", ").join(
        _("line %(number)s (%(name)s, %(account)s)")
        % {
            "number": line.number,
            "name": mask_name(str(line.name)),
            "account": mask_number(str(line.account)),
        }
        for line in wrong[:NAMED]
    )
    if len(wrong) > NAMED:
        named = _("%s and more") % named
    raise NotApproved(
        _(
            "No second person has approved the account of %(lines)s, or another one took its place "
            "since. Approve it, or give the draft up and draft anew."
        )
        % {"lines": named}
    )


def _standing() -> PayAccountQuerySet:
    """The account that counts and that a line goes to, as the database looks at it as well."""
    school = Q(subject="", organisation=OuterRef("organisation"))
    rows: PayAccountQuerySet = PayAccount.objects.standing().filter(
        Q(subject=OuterRef("subject")) | school, number_key=OuterRef("account_key")
    )
    return rows


def _deciding(by: User) -> AbstractContextManager[None]:
    return noting(APPROVE, by=by, path=by.home.path if by.home else "")


def _held(rows: PayAccountQuerySet, by: User) -> list[UUID]:
    """The keys of those that wait, held until the transaction ends."""
    wait_for_others(ACCOUNTS)
    waiting = rows.waiting().select_for_update(of=("self",)).order_by("pk")
    found = list(waiting.values_list("pk", "path", "entered_by"))
    if not found:
        raise NothingWaits(_("None of these accounts waits any more. Look at the list again."))
    for path in {path for _pk, path, _by in found}:
        require_post(may=may_approve(by, path))
    if any(entered_by == by.pk for _pk, _path, entered_by in found):
        raise TwoPeople(_("You entered one of these accounts yourself: another person approves."))
    return [pk for pk, _path, _by in found]
