"""Quota seats: the plan of a year as it was brought in, its runs, and what they decided.

What was brought in may be taken back and brought in again: runs take a frozen copy. What a run
decided never changes. No names come in; the examination office knows who is behind a number.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.guards import only_while_the_run_works
from junheng.admissions.models.querysets import (
    QuotaPlanQuerySet,
    QuotaRunQuerySet,
    SchoolQuerySet,
)
from junheng.admissions.models.quota_guards import (
    rule_stays_once_published,
    seats_within_shares,
    shares_within_quota,
)
from junheng.admissions.models.rounds import CODE_LENGTH
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes

PERMILLE = 1000
MOST_YEARS = 6


def _points(name: Any, **more: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(name, max_digits=6, decimal_places=2, **more)


class Unfilled(models.TextChoices):
    """Where seats go that a school could not fill."""

    OPEN = "open", _("back to the open admission")
    OTHERS = "others", _("to pupils of other schools by score, then to the open admission")


@tracked
class QuotaPlan(models.Model):
    """The rule of a county's quota seats in a year."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    permille = models.PositiveSmallIntegerField(
        _("share in thousandths"),
        default=500,
        validators=[MinValueValidator(1), MaxValueValidator(PERMILLE)],
    )
    years = models.PositiveSmallIntegerField(
        _("years at the school"), default=3, validators=[MaxValueValidator(MOST_YEARS)]
    )
    unfilled = models.CharField(
        _("unfilled seats"), max_length=6, choices=Unfilled, default=Unfilled.OPEN
    )
    basis = models.CharField(_("legal basis"), max_length=200)
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = QuotaPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota plan")
        verbose_name_plural = _("quota plans")
        ordering = ["-year", "place__code"]
        constraints = [
            models.UniqueConstraint(fields=["year", "place"], name="quota_plan_once"),
            models.CheckConstraint(
                condition=Q(permille__gte=1, permille__lte=PERMILLE), name="quota_plan_share"
            ),
            models.CheckConstraint(
                condition=Q(unfilled__in=Unfilled.values), name="quota_plan_unfilled"
            ),
        ]
        triggers = [rule_stays_once_published()]

    def __str__(self) -> str:
        return f"{self.place_id} {self.year}"

    @property
    def percent(self) -> str:
        """The share as people write it: 30 or 33.3."""
        whole, tenths = divmod(self.permille, 10)
        return f"{whole}.{tenths}" if tenths else str(whole)


class QuotaRow(models.Model):
    """A row that an import brought into a plan."""

    plan = models.ForeignKey(QuotaPlan, models.CASCADE, verbose_name=_("quota plan"))
    batch = models.ForeignKey(
        "commons.ImportBatch", models.PROTECT, null=True, related_name="+", verbose_name=_("import")
    )

    class Meta:
        abstract = True


@tracked
class SelectiveSchool(QuotaRow):
    """A selective senior secondary school with its planned seats and its lowest score."""

    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("name"))
    seats = models.PositiveIntegerField(_("planned seats"))
    line = _points(_("lowest score"), null=True, blank=True, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("selective senior secondary school")
        verbose_name_plural = _("selective senior secondary schools")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="selective_school_once")
        ]


@tracked
class QuotaSchool(QuotaRow):
    """A lower secondary school with its third-year pupils on the day that counts."""

    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("name"))
    pupils = models.PositiveIntegerField(_("third-year pupils"))
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("sending school")
        verbose_name_plural = _("sending schools")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="quota_school_once")]


class QuotaCandidate(QuotaRow):
    """A pupil who wants a quota seat, by examination number."""

    number = models.CharField(_("examination number"), max_length=CODE_LENGTH, db_collation="C")
    school_code = models.CharField(_("school"), max_length=CODE_LENGTH, db_collation="C")
    score = _points(_("score"), null=True)
    tie = _points(_("tie score"), default=0)
    years = models.PositiveSmallIntegerField(_("years at the school"))
    choices = ArrayField(models.CharField(max_length=CODE_LENGTH), verbose_name=_("choices"))

    class Meta:
        verbose_name = _("quota candidate")
        verbose_name_plural = _("quota candidates")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="quota_candidate_once")
        ]


# --------------------------------------------------------------------------------- what was decided


class QuotaRun(models.Model):
    """A run of a plan: seats shared out, or, on the shares that are published, filled."""

    class Stage(models.TextChoices):
        SHARES = "shares", _("seats shared out")
        FILLING = "filling", _("seats filled")

    run = models.OneToOneField(
        "commons.Run",
        models.PROTECT,
        primary_key=True,
        related_name="quota",
        verbose_name=_("run"),
    )
    plan = models.ForeignKey(
        QuotaPlan, models.PROTECT, related_name="runs", verbose_name=_("quota plan")
    )
    stage = models.CharField(_("stage"), max_length=7, choices=Stage)
    shares = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("shares")
    )

    objects: ClassVar[Any] = QuotaRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of quota seats")
        verbose_name_plural = _("runs of quota seats")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage="shares", shares=None) | Q(stage="filling", shares__isnull=False),
                name="quota_run_fills_shares",
            )
        ]
        triggers = [never_changes("quota_run")]


class QuotaShare(models.Model):
    """What a lower secondary school got of one senior school, with every step of the computation.

    The claim is `whole + rest / total`; `extra` is one of the seats left over.
    """

    run = models.ForeignKey(QuotaRun, models.PROTECT, related_name="rows", verbose_name=_("run"))
    senior_code = models.CharField(_("senior school"), max_length=CODE_LENGTH, db_collation="C")
    senior_name = models.TextField(_("senior secondary school"))
    quota = models.PositiveIntegerField(_("quota seats"))
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    name = models.TextField(_("school"))
    pupils = models.PositiveIntegerField(_("third-year pupils"))
    total = models.PositiveIntegerField(_("third-year pupils of all schools"))
    whole = models.PositiveIntegerField(_("whole seats"))
    rest = models.PositiveIntegerField(_("remainder"))
    rank = models.PositiveIntegerField(_("place by remainder"))
    extra = models.PositiveSmallIntegerField(_("seat left over"))
    seats = models.PositiveIntegerField(_("seats"))
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("quota share")
        verbose_name_plural = _("quota shares")
        ordering = ["senior_code", "code"]
        constraints = [
            models.UniqueConstraint(fields=["run", "senior_code", "code"], name="quota_share_once"),
            models.CheckConstraint(
                condition=Q(seats=F("whole") + F("extra"), extra__lte=1),
                name="quota_share_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(rest__lt=F("total")), name="quota_share_rest_below_one"
            ),
            models.CheckConstraint(
                condition=Q(rest=F("quota") * F("pupils") - F("whole") * F("total")),
                name="quota_share_is_the_claim",
            ),
        ]
        triggers = [
            never_changes("quota_share"),
            only_while_the_run_works("quota_share"),
            shares_within_quota(),
        ]


class QuotaPlacement(models.Model):
    """What became of a pupil who wanted a quota seat, with the reason of each choice."""

    class Fate(models.TextChoices):
        OWN = "own", _("seat of the own school")
        OTHERS = "others", _("seat that another school left")
        NONE = "none", _("no quota seat")
        NOT_ENTITLED = "not_entitled", _("too few years at the school")
        UNDECIDED = "undecided", _("undecided: no score")

    run = models.ForeignKey(
        QuotaRun, models.PROTECT, related_name="placements", verbose_name=_("run")
    )
    number = models.CharField(_("examination number"), max_length=CODE_LENGTH, db_collation="C")
    school_code = models.CharField(_("school code"), max_length=CODE_LENGTH, db_collation="C")
    school_name = models.TextField(_("school"))
    score = _points(_("score"), null=True)
    tie = _points(_("tie score"), default=0)
    years = models.PositiveSmallIntegerField(_("years at the school"))
    choices = ArrayField(models.CharField(max_length=CODE_LENGTH), verbose_name=_("choices"))
    fate = models.CharField(_("result"), max_length=12, choices=Fate)
    senior_code = models.CharField(
        _("senior school"), max_length=CODE_LENGTH, blank=True, db_collation="C"
    )
    senior_name = models.TextField(_("senior secondary school"), blank=True)
    reasons = ArrayField(models.CharField(max_length=12), verbose_name=_("reasons"))
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement by quota")
        verbose_name_plural = _("placements by quota")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="quota_placement_once"),
            models.CheckConstraint(
                condition=(Q(fate__in=["own", "others"]) & ~Q(senior_code=""))
                | Q(fate__in=["none", "not_entitled", "undecided"], senior_code=""),
                name="quota_placement_seat_or_none",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "senior_code", "school_code"], name="quota_placement_seat")
        ]
        triggers = [
            never_changes("quota_placement"),
            only_while_the_run_works("quota_placement"),
            seats_within_shares(),
        ]
