"""Applications of families: what they state, how far the checking has come, and what it found."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import application_guards, second_guards
from junheng.admissions.models.querysets import ApplicationQuerySet
from junheng.admissions.models.rounds import CODE_LENGTH, Round
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import BlindIndexField, SealedTextField

SHA256_LENGTH = 64
NOT_HELD = ("withdrawn",)
"""States in which an application stands in nobody's way."""


def _person(words: Any, *, related: str = "+") -> Any:
    """Somebody who signs in; an account is closed, never removed."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name=related,
        verbose_name=words,
    )


class NoticeText(models.Model):
    """A text that guardians agree to, word for word as it was shown to them."""

    class Kind(models.TextChoices):
        """What a text is for."""

        CONSENT = "consent", _("notice on personal data")
        DECLARATION = "declaration", _("declaration")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    version = models.CharField(_("version"), max_length=20)
    body = models.TextField(_("text"))
    english = models.TextField(_("English translation"), blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256_LENGTH)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("notice text")
        verbose_name_plural = _("notice texts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="notice_text_once"),
            models.CheckConstraint(condition=~Q(body=""), name="notice_text_says_something"),
        ]
        indexes = [models.Index(fields=["kind", "-since"], name="notice_text_newest")]
        triggers = [never_changes("notice_text")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class ApplicationDraft(models.Model):
    """What a family has filled in so far; its number becomes the application's.

    So a submission that arrives twice finds the application that the first one made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="drafts", verbose_name=_("round"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("filled in by")
    )
    answers = SealedTextField(_("answers"), bound_to="id")
    done = models.PositiveSmallIntegerField(_("pages filled in"), default=0)
    consent = models.ForeignKey(
        NoticeText, models.PROTECT, related_name="+", verbose_name=_("notice agreed to")
    )
    consented_at = models.DateTimeField(_("agreed at"))
    began_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("application draft")
        verbose_name_plural = _("application drafts")
        indexes = [
            models.Index(fields=["owner", "-saved_at"], name="draft_owner"),
            models.Index(fields=["saved_at"], name="draft_saved"),
        ]
        triggers = application_guards.of_a_draft()


@tracked
class Application(models.Model):
    """A child that asks for a seat in a round, and who stands behind its code: sealed.

    Those that come with a roster were checked before; the others go through verification.
    """

    class State(models.TextChoices):
        """How far an application has come, in words that parents know."""

        RECEIVED = "received", pgettext_lazy("application", "to be checked")
        CHECKING = "checking", pgettext_lazy("application", "being checked")
        REVIEW = "review", pgettext_lazy("application", "with a reviewer")
        ASKED = "asked", pgettext_lazy("application", "to be completed")
        PASSED = "passed", pgettext_lazy("application", "checked")
        REFUSED = "refused", pgettext_lazy("application", "not accepted")
        WITHDRAWN = "withdrawn", pgettext_lazy("application", "withdrawn")

    class Channel(models.TextChoices):
        """Who typed it in."""

        FAMILY = "family", pgettext_lazy("application", "by the family")
        CLERK = "clerk", pgettext_lazy("application", "at the counter")
        ROSTER = "roster", pgettext_lazy("application", "from a roster")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="applications", verbose_name=_("round")
    )
    number = models.CharField(_("application number"), max_length=20, unique=True)
    code = models.CharField(_("child's code"), max_length=CODE_LENGTH, db_collation="C")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PASSED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.ROSTER)
    family = _person(_("family's account"), related="applications")
    entered_by = _person(_("typed in by"))
    child_name = SealedTextField(_("child's name"), bound_to="id")
    guardian_name = SealedTextField(_("guardian's name"), bound_to="id")
    phone = SealedTextField(_("telephone"), bound_to="id")
    look_up = BlindIndexField(_("look-up key"), max_length=32)
    statement = SealedTextField(_("what the family states"), bound_to="id", null=True)
    child_key = BlindIndexField(_("child's key"), max_length=32, blank=True)
    born_on = models.DateField(_("born on"), null=True, blank=True)
    deferral_paper = models.CharField(_("paper for deferred entry"), max_length=200, blank=True)
    consent = models.ForeignKey(
        NoticeText,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("notice agreed to"),
    )
    consented_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    declaration = models.ForeignKey(
        NoticeText,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("declaration made"),
    )
    began_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    tier = models.PositiveSmallIntegerField(_("tier"), null=True, blank=True)
    zone = models.CharField(_("zone"), max_length=CODE_LENGTH, blank=True, db_collation="C")
    sibling_school = models.CharField(
        _("older child's school"), max_length=CODE_LENGTH, blank=True, db_collation="C"
    )
    carried_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("application in the first round"),
    )
    group = models.CharField(_("group"), max_length=CODE_LENGTH, blank=True, db_collation="C")
    wishes = models.JSONField(_("wishes"), default=list, blank=True)
    by_person = models.BooleanField(_("checked by a person"), null=True, blank=True)
    batch = models.ForeignKey(
        "commons.ImportBatch",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("import"),
    )
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["round", "code"],
                condition=~Q(state__in=NOT_HELD),
                name="application_once_per_child",
            ),
            models.UniqueConstraint(
                fields=["round", "child_key"],
                condition=~Q(child_key="") & ~Q(state__in=NOT_HELD),
                name="application_one_per_child_held",
            ),
            models.CheckConstraint(
                condition=Q(channel="roster")
                | Q(carried_from__isnull=False, submitted_at__isnull=False)
                | Q(
                    consent__isnull=False,
                    consented_at__isnull=False,
                    declaration__isnull=False,
                    began_at__isnull=False,
                    submitted_at__isnull=False,
                    statement__isnull=False,
                )
                & ~Q(child_key=""),
                name="application_stated_and_agreed",
            ),
            models.CheckConstraint(
                condition=Q(channel="roster")
                | Q(channel="family", family__isnull=False)
                | Q(channel="clerk", entered_by__isnull=False),
                name="application_from_somebody",
            ),
            models.CheckConstraint(
                condition=Q(channel="roster")
                | Q(carried_from__isnull=False, tier__gte=1)
                | ~Q(state="passed")
                | Q(tier__gte=1, decided_at__isnull=False, by_person__isnull=False) & ~Q(zone=""),
                name="application_passed_with_tier_and_zone",
            ),
            models.CheckConstraint(
                condition=Q(carried_from=None) | ~Q(channel="roster"),
                name="application_carried_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["look_up"], name="application_look_up"),
            models.Index(fields=["round", "number"], name="application_round_number"),
            models.Index(fields=["round", "state", "submitted_at"], name="application_round_state"),
            models.Index(fields=["round", "-submitted_at", "-id"], name="application_round_at"),
            models.Index(fields=["family"], name="application_family"),
            models.Index(
                fields=["round", "born_on"],
                condition=Q(channel="roster"),
                name="application_on_roster",
            ),
            models.Index(
                fields=["child_key"], condition=~Q(child_key=""), name="application_child"
            ),
        ]
        triggers = [
            *application_guards.of_an_application(),
            second_guards.of_a_carried_application(),
        ]

    def __str__(self) -> str:
        return self.number


class Verification(models.Model):
    """What a checking found, by the program or by a person; the newest one holds, none changes."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="verifications", verbose_name=_("application")
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Application.State)
    tier = models.PositiveSmallIntegerField(_("tier"), null=True)
    zone = models.CharField(_("zone"), max_length=CODE_LENGTH, blank=True, db_collation="C")
    reasons = models.JSONField(_("reasons"), default=list)
    rules_sha256 = models.CharField(_("fingerprint of the rules"), max_length=SHA256_LENGTH)
    by = _person(_("by"))
    words = models.TextField(_("words"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None) & ~Q(outcome="refused") | Q(by__isnull=False) & ~Q(words=""),
                name="verification_refused_by_a_person",
            ),
        ]
        indexes = [models.Index(fields=["application", "-id"], name="verification_newest")]
        triggers = [application_guards.verifications_stay()]


class HouseClaim(models.Model):
    """A house that stands behind an application: it gives one family a seat for the set years."""

    application = models.OneToOneField(
        Application,
        models.CASCADE,
        primary_key=True,
        related_name="house",
        verbose_name=_("application"),
    )
    house_key = BlindIndexField(_("house's key"), max_length=32)
    family_key = BlindIndexField(_("family's key"), max_length=32)
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("level"), max_length=20)

    class Meta:
        verbose_name = _("house claim")
        verbose_name_plural = _("house claims")
        indexes = [models.Index(fields=["house_key", "level", "year"], name="house_claim_year")]


@tracked
class VerificationRules(models.Model):
    """How a round reads proofs, as data; announced with the opening."""

    round = models.OneToOneField(
        Round,
        models.CASCADE,
        primary_key=True,
        related_name="verification_rules",
        verbose_name=_("round"),
    )
    content = models.JSONField(_("rules"))

    class Meta:
        verbose_name = _("verification rules")
        verbose_name_plural = _("verification rules")
        triggers = [application_guards.rules_change_while_planned()]
