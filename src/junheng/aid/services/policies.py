"""Policies are written as drafts and approved by a second person; then they never change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.aid.models import AidPolicy, PolicyVersion
from junheng.aid.models.policies import STEP
from junheng.aid.selectors.policies import (
    asks_households,
    content_of,
    fingerprint,
    policy_from,
    rate_from,
    titles_of,
)
from junheng.aid.sentences.rates import in_words
from junheng.aid.services import for_two
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.places.facade import Place

TITLE = gettext_lazy("Approve a version of a policy")


class UnsoundPolicy(Refusal):
    """A version by which nothing could be decided, or that would give away what a household is."""


class ApprovedStays(Refusal):
    """The version was approved, so it does not change any more."""


class Overlaps(Refusal):
    """Another approved version holds on a day of this one."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a policy is, whatever its versions say.

    Attributes:
        plain_zh, plain_en: What others than those in charge read; "" if the title tells nothing.
    """

    code: str
    title_zh: str
    title_en: str
    level: str
    kind: str
    funds: str
    plain_zh: str = ""
    plain_en: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says.

    Attributes:
        conditions: Each with `text`, `clause` and `place`.
        rates: Each with `when` ("" for everybody) and either `fen` or `permille` and `of`.
    """

    valid_from: date
    counted_on: str
    conditions: Sequence[Mapping[str, str]]
    rates: Sequence[Mapping[str, Any]]
    document: str
    valid_to: date | None = None
    gives_way_to: Sequence[str] = ()
    once: bool = False
    document_number: str = field(default="")


def name_policy(place: Place, naming: Naming) -> AidPolicy:
    """Enter a policy of a county; one that is there takes on the new names."""
    facts = {name: getattr(naming, name) for name in Naming.__slots__ if name != "code"}
    row, _new = AidPolicy.objects.update_or_create(
        path=place.path, code=naming.code, defaults=facts
    )
    return row


def write_draft(
    policy: AidPolicy, wording: Wording, *, by: User, draft: PolicyVersion | None = None
) -> PolicyVersion:
    """Write a draft of a version, a new one or one that there is.

    Raises:
        ApprovedStays: If it was approved meanwhile.
        UnsoundPolicy: If rates or days are out of range, or a name would give a household away.
        NotAllowed: If a condition is none; nothing of it was run anywhere.
    """
    with transaction.atomic():
        AidPolicy.objects.select_for_update().get(pk=policy.pk)
        row = _draft_of(policy, draft, by)
        for name in Wording.__slots__:
            value = getattr(wording, name)
            setattr(
                row, name, [*value] if isinstance(value, Sequence) and _listed(value) else value
            )
        _sound(row)
        row.written_by, row.written_at = by, timezone.now()
        row.content_sha256 = fingerprint(content_of(row))
        row.save()
    return row


def _listed(value: object) -> bool:
    return not isinstance(value, str)


def _draft_of(policy: AidPolicy, draft: PolicyVersion | None, by: User) -> PolicyVersion:
    if draft is None:
        last = policy.versions.aggregate(last=Max("number"))["last"] or 0
        return PolicyVersion(policy=policy, number=last + 1, written_by=by)
    row: PolicyVersion = PolicyVersion.objects.select_for_update().get(pk=draft.pk)
    if row.state != PolicyVersion.State.DRAFT:
        raise ApprovedStays(_("This version was approved. Write the next one instead."))
    return row


def _sound(row: PolicyVersion) -> None:
    content = content_of(row)
    try:
        policy = policy_from(content)
    except (KeyError, ValueError) as error:
        if hasattr(error, "problem"):  # a condition: the page shows its place in the text
            raise
        raise UnsoundPolicy(
            _(
                "It needs at least one rate (0.01 to 10,000,000 yuan, or a share of an amount), "
                "and ends after it begins."
            )
        ) from error
    if policy.shares_each_month:
        raise UnsoundPolicy(
            _("Amounts are told for a term, so a share of one is not paid each month.")
        )
    if asks_households(content) and not (row.policy.plain_zh and row.policy.plain_en):
        raise UnsoundPolicy(
            _(
                "This policy asks of households. Give it a name for others that does not tell what "
                "a household is."
            )
        )


def ask_approval(version: PolicyVersion, *, by: User) -> Approval:
    """Ask that a draft holds from its day on; another one agrees to it as it stands now."""
    return approvals.ask(
        STEP,
        matter=f"aid.policy.{version.pk}",
        path=version.policy.path,
        by=by,
        payload={"version": str(version.pk), "content": version.content_sha256},
        title=f"{version.policy.title_zh} · {version.number}",
        url=f"/aid/policies/{version.policy.code}/",
    )


def register() -> None:
    """Make the step known to the pages of approvals."""
    for_two.register(STEP, TITLE, _check, _carry_out, _facts)


def _version(approval: Approval) -> PolicyVersion:
    rows = PolicyVersion.objects.select_related("policy")
    row: PolicyVersion = rows.get(pk=approval.payload["version"])
    return row


def _check(approval: Approval) -> None:
    row = _version(approval)
    if row.state != PolicyVersion.State.DRAFT:
        raise ApprovedStays(_("This version was approved already."))
    if row.content_sha256 != approval.payload["content"]:
        raise UnsoundPolicy(_("The draft was changed after this was asked for. Ask again."))
    _sound(row)
    if approval.decided_by_id == row.written_by_id or approval.asked_by_id is None:
        raise UnsoundPolicy(_("Whoever wrote a draft does not approve it."))
    for other in _in_the_way(row):
        raise Overlaps(
            _("Version %(number)s holds from %(day)s on already.")
            % {"number": other.number, "day": other.valid_from.isoformat()}
        )


def _approved(row: PolicyVersion) -> Any:
    return PolicyVersion.objects.approved().filter(policy=row.policy_id)


def _in_the_way(row: PolicyVersion) -> Iterator[PolicyVersion]:
    """Approved versions that this one would overlap: an open one before it ends by itself."""
    for other in _approved(row):
        begins_later = row.valid_to is None or other.valid_from < row.valid_to
        lasts = other.valid_to is None or other.valid_to > row.valid_from
        ends_by_itself = other.valid_to is None and other.valid_from < row.valid_from
        if begins_later and lasts and not ends_by_itself:
            yield other


def _carry_out(approval: Approval) -> None:
    row = _version(approval)
    _approved(row).filter(valid_to=None, valid_from__lt=row.valid_from).update(
        valid_to=row.valid_from
    )
    row.state, row.approved_at = PolicyVersion.State.APPROVED, timezone.now()
    row.approved_by = cast(User, approval.decided_by)
    row.save()


def _facts(approval: Approval) -> Iterator[tuple[str, object]]:
    row = _version(approval)
    titles = titles_of(row.policy.path, plain=False)
    yield _("Policy"), titles[row.policy.code]
    yield _("From"), row.valid_from
    yield _("Document it rests on"), " ".join((row.document, row.document_number))
    for number, one in enumerate(row.conditions, 1):
        yield _("Condition %(n)s") % {"n": number}, f"{one['clause']} – {one['text']}"
    for one in row.rates:
        yield _("Amount"), f"{in_words(rate_from(one))} {one['when']}"
    if row.gives_way_to:
        yield _("Not paid beside"), _(", ").join(titles.get(one, one) for one in row.gives_way_to)
