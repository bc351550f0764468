"""Policies and their versions: written by one person, approved by another, then never changed."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.engine.policies import CountedOn
from junheng.aid.models.posts import IN_CHARGE
from junheng.aid.models.ranges import days, one_key
from junheng.commons.history import tracked

CODE = r"^[a-z][a-z0-9_]{0,39}$"
STEP = "aid.policy_version"
"""The step for two by which a version is approved; the database looks for it."""


class Level(models.TextChoices):
    """Whose policy it is."""

    COUNTY = "county", _("County or district")
    CITY = "city", _("City")
    PROVINCE = "province", _("Province")
    NATION = "nation", _("Nation")


class Kind(models.TextChoices):
    """What it helps with."""

    RUNNING = "running", _("Running funds")
    FEES = "fees", _("Fees")
    LIVING = "living", _("Living allowance")
    MEALS = "meals", _("Meals")
    BOOKS = "books", _("Textbooks")
    ENTRY = "entry", _("On entering")
    SKILLS = "skills", _("Skills")


class AidPolicyQuerySet(models.QuerySet["AidPolicy"]):
    """Policies."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the policies of the counties they are in charge in."""
        return self.filter(scope_q(user, "path", IN_CHARGE))


@tracked
class AidPolicy(models.Model):
    """What a county helps with; how much to whom, say its versions.

    `plain_zh` and `plain_en` are what others than those in charge read of it, where its name
    would tell what a household is.
    """

    path = models.TextField(_("path"), db_collation="C")
    code = models.CharField(_("code"), max_length=40)
    title_zh = models.CharField(_("title in Chinese"), max_length=100)
    title_en = models.CharField(_("title in English"), max_length=100)
    plain_zh = models.CharField(_("what others read, in Chinese"), max_length=100, blank=True)
    plain_en = models.CharField(_("what others read, in English"), max_length=100, blank=True)
    level = models.CharField(pgettext_lazy("policy", "level"), max_length=8, choices=Level)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    funds = models.CharField(_("source of funds"), max_length=100)

    objects: ClassVar[Any] = AidPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("aid", "policy")
        verbose_name_plural = pgettext_lazy("aid", "policies")
        ordering = ["code"]
        constraints = [
            UniqueConstraint(fields=["path", "code"], name="aid_policy_code_once"),
            CheckConstraint(condition=Q(code__regex=CODE), name="aid_policy_code"),
            CheckConstraint(condition=Q(level__in=Level.values), name="aid_policy_level"),
            CheckConstraint(condition=Q(kind__in=Kind.values), name="aid_policy_kind"),
        ]
        triggers = [pgtrigger.Protect(name="policy_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.code


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Versions of policies."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the versions of the policies they are in charge of."""
        return self.filter(scope_q(user, "policy__path", IN_CHARGE))

    def approved(self) -> Self:
        """Only those that two people have signed."""
        return self.filter(state=PolicyVersion.State.APPROVED)


WRITTEN = (
    *("policy_id", "number", "valid_from", "counted_on", "gives_way_to", "once", "document"),
    *("document_number", "conditions", "rates", "written_by_id"),
)
VERSION_MOVES = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a version of a policy begins as a draft'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'draft' AND (TG_OP = 'DELETE'
        OR ROW({", ".join(f"OLD.{name}" for name in WRITTEN)}, OLD.state, OLD.approved_by_id,
            OLD.approved_at) IS DISTINCT FROM
           ROW({", ".join(f"NEW.{name}" for name in WRITTEN)}, NEW.state, NEW.approved_by_id,
            NEW.approved_at)
        OR OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to) THEN
        RAISE EXCEPTION 'a version of a policy that was approved never changes'
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF OLD.state = 'draft' AND NEW.state = 'approved' AND NOT EXISTS (
        SELECT FROM commons_approval WHERE kind = '{STEP}' AND state = 'agreed'
            AND payload ->> 'version' = NEW.id::text AND decided_by_id = NEW.approved_by_id
            AND asked_by_id <> decided_by_id AND payload ->> 'content' = NEW.content_sha256
    ) THEN
        RAISE EXCEPTION 'a version of a policy is approved by two people, as it stands'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
"""A draft may change until two have agreed to it as it stands; afterwards only an open end ends."""


@tracked
class PolicyVersion(models.Model):
    """What a policy is from one day until before another.

    Attributes:
        conditions: In their order, each with `text` (an expression over facts), `clause` (the
            sentence of the document) and `place` (where in it).
        rates: In their order, each with `when` (an expression, "" for everybody) and either `fen`
            or `permille` and `of` (a share of that fact).
        gives_way_to: Codes of the policies beside which it is not paid.
        content_sha256: Fingerprint of all that is decided by; what two people agreed to.
    """

    class State(models.TextChoices):
        """Whether it counts."""

        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")

    policy = models.ForeignKey(
        AidPolicy,
        models.PROTECT,
        related_name="versions",
        verbose_name=pgettext_lazy("aid", "policy"),
    )
    number = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)
    counted_on = models.CharField(
        _("counted on"), max_length=10, choices=[(one.value, one.value) for one in CountedOn]
    )
    conditions = models.JSONField(_("conditions"), default=list)
    rates = models.JSONField(_("rates"), default=list)
    gives_way_to = models.JSONField(_("gives way to"), default=list, blank=True)
    once = models.BooleanField(_("once in a lifetime"), default=False)
    document = models.CharField(_("document"), max_length=200)
    document_number = models.CharField(_("number of the document"), max_length=100, blank=True)
    content_sha256 = models.CharField(_("fingerprint"), max_length=64)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)

    objects: ClassVar[Any] = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        ordering = ["policy", "-number"]
        constraints = [
            UniqueConstraint(fields=["policy", "number"], name="aid_policy_version_once"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="aid_policy_version_dates",
            ),
            CheckConstraint(
                condition=Q(state="draft", approved_by=None, approved_at=None)
                | Q(state="approved", approved_by__isnull=False, approved_at__isnull=False)
                & ~Q(approved_by=F("written_by")),
                name="aid_policy_version_two_people",
            ),
            CheckConstraint(
                condition=Q(counted_on__in=list(CountedOn)), name="aid_policy_version_counted"
            ),
            ExclusionConstraint(
                name="aid_policy_one_version_a_day",
                expressions=[
                    (one_key("policy_id"), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="approved"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="policy_version_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=VERSION_MOVES,
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.number}"
