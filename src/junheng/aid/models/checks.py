"""What cross-checks found: hits with their register and probability, visits, people left out."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.models import check_guards as guards
from junheng.aid.models.check_rules import CheckAuthorisation, CheckRule
from junheng.aid.models.households import Household, HouseholdMember, OfHouseholdsQuerySet
from junheng.aid.models.people import person
from junheng.aid.models.posts import SEES_HOUSEHOLDS
from junheng.commons.sealing import BlindIndexField, SealedTextField
from junheng.evidence.facade import Register, Step

REPLY_DAYS = 15
"""Days that a family has to answer; whoever nobody met may be decided without it afterwards."""
STEPS = [
    (Step.EXACT.value, _("Same identity number")),
    (Step.NORMALISED.value, _("Same identity number, written another way")),
    (Step.NAME_BIRTH_PLACE.value, _("Name, birthday and place")),
    (Step.PROBABLE.value, _("Probably, by what agrees")),
]


def _run() -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("commons.Run", models.PROTECT, related_name="+", verbose_name=_("run"))


def _step() -> models.CharField[Any, Any]:
    return models.CharField(_("found by"), max_length=20, choices=STEPS)


class HouseholdVisit(models.Model):
    """A household was flagged: somebody goes there, the family answers, another one decides.

    Attributes:
        reply_until: So long a family that nobody met may still answer.
        met: Whether somebody of the family was spoken with.
        said, seen: What the family said, and what whoever visited saw.
        reply: What the family wrote by itself, from its own telephone.
        words: Why it was decided so.
    """

    class Outcome(models.TextChoices):
        """What was decided."""

        STAYS = "stays", pgettext_lazy("household", "Stays")
        REMOVE = "remove", pgettext_lazy("household", "To be removed, by the three levels")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("visit number"), max_length=24, unique=True)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="visits", verbose_name=_("household")
    )
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    reply_until = models.DateField(_("answer until"))
    heard_on = models.DateField(_("heard on"), null=True)
    heard_by = person(_("heard by"), null=True, blank=True)
    met = models.BooleanField(_("somebody was met"), default=False)
    said = SealedTextField(_("what the family said"), bound_to="id", null=True)
    seen = SealedTextField(_("what was seen"), bound_to="id", null=True)
    reply = SealedTextField(_("what the family wrote"), bound_to="id", null=True)
    replied_at = models.DateTimeField(_("family answered at"), null=True)
    outcome = models.CharField(
        pgettext_lazy("visit", "outcome"), max_length=8, choices=Outcome, blank=True, default=""
    )
    words = SealedTextField(_("why"), bound_to="id", null=True)
    decided_by = person(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("household visit")
        verbose_name_plural = _("household visits")
        ordering = ["-opened_at", "number"]
        indexes = [
            models.Index(fields=["-opened_at", "number"], name="aid_visit_newest"),
        ]
        constraints = [
            UniqueConstraint(fields=["household"], name="aid_visit_one", condition=Q(outcome="")),
            CheckConstraint(
                condition=Q(heard_on=None, heard_by=None)
                | Q(heard_on__isnull=False, heard_by__isnull=False),
                name="aid_visit_heard",
            ),
            CheckConstraint(
                condition=Q(outcome="", decided_by=None, decided_at=None)
                | Q(outcome__in=["stays", "remove"], heard_on__isnull=False)
                & Q(decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("heard_by")),
                name="aid_visit_two_people",
            ),
        ]
        triggers = guards.of_a_visit(REPLY_DAYS)

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> str:
        """Where it stands: `waits`, `heard`, or its outcome."""
        return self.outcome or ("heard" if self.heard_on else "waits")


class CheckHit(models.Model):
    """A register says something of a household that speaks against its need: evidence only.

    Attributes:
        mark: Blind index of what was found of whom, so that the next run knows it again.
        sealed: The entries that count, as the register gave them, without number and name.
        wrong: What was judged of it after the visit; None until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = _run()
    visit = models.ForeignKey(
        HouseholdVisit, models.PROTECT, related_name="hits", verbose_name=_("visit")
    )
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="hits", verbose_name=_("household")
    )
    member = models.ForeignKey(
        HouseholdMember, models.PROTECT, related_name="+", verbose_name=_("household member")
    )
    rule = models.ForeignKey(
        CheckRule, models.PROTECT, related_name="+", verbose_name=_("check rule")
    )
    authorisation = models.ForeignKey(
        CheckAuthorisation,
        models.PROTECT,
        related_name="+",
        verbose_name=_("check authorisation"),
    )
    register = models.CharField(_("register"), max_length=20, choices=Register)
    source = models.CharField(_("source"), max_length=100)
    as_of = models.DateField(_("true on"))
    step = _step()
    certain = models.BooleanField(_("certain"))
    probability = models.FloatField(_("probability"))
    mark = BlindIndexField(max_length=32)
    sealed = SealedTextField(_("facts"), bound_to="id", null=True)
    wrong = models.BooleanField(_("wrong flag"), null=True, blank=True)
    found_at = models.DateTimeField(_("found at"), default=timezone.now)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("check hit")
        verbose_name_plural = _("check hits")
        ordering = ["visit", "register", "pk"]
        indexes = [models.Index(fields=["register", "wrong"], name="aid_hit_judged")]
        constraints = [
            UniqueConstraint(
                fields=["member", "rule", "mark"], name="aid_hit_once", condition=~Q(mark="")
            ),
            CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="aid_hit_probability"
            ),
        ]
        triggers = guards.of_a_hit()

    def __str__(self) -> str:
        return f"{self.visit} {self.register}"


class LeftOutQuerySet(models.QuerySet[Any]):
    """People left out."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: those of places within their scope."""
        return self.filter(scope_q(user, "path", roles=SEES_HOUSEHOLDS))


class LeftOut(models.Model):
    """Somebody whom a register calls poor, and who belongs to no household that we know.

    Attributes:
        path: Of the village that the register names, or that it is part of today; else of the
            county.
    """

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", pgettext_lazy("left out", "To be looked at")
        VISITED = "visited", pgettext_lazy("left out", "Being visited")
        IDENTIFIED = "identified", pgettext_lazy("left out", "Written down as a household")
        NOT_IN_NEED = "not_in_need", pgettext_lazy("left out", "Not in need")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = _run()
    rule = models.ForeignKey(
        CheckRule, models.PROTECT, related_name="+", verbose_name=_("check rule")
    )
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("place")
    )
    path = models.TextField(_("path"), db_collation="C")
    register = models.CharField(_("register"), max_length=20, choices=Register)
    source = models.CharField(_("source"), max_length=100)
    as_of = models.DateField(_("true on"))
    name = SealedTextField(pgettext_lazy("person", "name"), bound_to="id", null=True)
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    born_on = models.DateField(_("born on"), null=True, blank=True)
    mark = BlindIndexField(max_length=32)
    sealed = SealedTextField(_("facts"), bound_to="id", null=True)
    state = models.CharField(
        pgettext_lazy("left out", "state"), max_length=12, choices=State, default=State.OPEN
    )
    household = models.ForeignKey(
        Household,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("household"),
    )
    words = SealedTextField(_("why"), bound_to="id", null=True)
    decided_by = person(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    found_at = models.DateTimeField(_("found at"), default=timezone.now)

    objects: ClassVar[Any] = LeftOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("person left out")
        verbose_name_plural = _("people left out")
        ordering = ["-found_at", "pk"]
        indexes = [
            models.Index(fields=["-found_at", "id"], name="aid_left_out_newest"),
            models.Index(fields=["path"], name="aid_left_out_path"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["rule", "mark"], name="aid_left_out_once", condition=~Q(mark="")
            ),
            CheckConstraint(
                condition=Q(state__in=["open", "visited"], decided_by=None, household=None)
                | Q(state="identified", decided_by__isnull=False, household__isnull=False)
                | Q(state="not_in_need", decided_by__isnull=False, household=None),
                name="aid_left_out_decided",
            ),
        ]
        triggers = guards.of_somebody_left_out()

    def __str__(self) -> str:
        return f"{self.register} {self.id}"
