"""How a status begins and ends: proposed and posted in the village, checked, approved above."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.aid.models import review_guards as guards
from junheng.aid.models.households import Household, HouseholdQuerySet, OfHouseholdsQuerySet
from junheng.aid.models.statuses import REGISTERED_POOR, WorkClass
from junheng.commons.history import tracked

POSTED_DAYS = 7
"""A village's list hangs at least so many days, the first and the last counted in."""


@tracked
class VillageList(models.Model):
    """What a village's meeting proposed and posted: masked names, no reasons, with its hash."""

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    village = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("village")
    )
    met_on = models.DateField(_("meeting held on"))
    attended = models.PositiveSmallIntegerField(_("villagers who attended"))
    minutes = models.CharField(_("minutes of the meeting"), max_length=200)
    posted_where = models.CharField(_("posted where"), max_length=100)
    posted_from = models.DateField(_("posted from"))
    posted_to = models.DateField(_("posted until"))
    text = models.TextField(_("text of the list"))
    sha256 = models.CharField(_("hash"), max_length=64)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("posted by")
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects: ClassVar[Any] = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("village list")
        verbose_name_plural = _("village lists")
        ordering = ["-posted_from", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(posted_from__gte=F("met_on"), posted_to__gt=F("posted_from")),
                name="aid_list_dates",
            ),
            CheckConstraint(
                condition=Q(attended__gt=0) & ~Q(minutes="") & ~Q(posted_where=""),
                name="aid_list_meeting",
            ),
        ]
        triggers = guards.of_a_list(POSTED_DAYS)

    def __str__(self) -> str:
        return f"{self.village} {self.posted_from}"


class Action(models.TextChoices):
    """What is proposed."""

    IDENTIFY = "identify", pgettext_lazy("household", "Identify")
    REMOVE = "remove", pgettext_lazy("household", "Remove")
    RETURN = "return", pgettext_lazy("household", "Take back in")


class ReviewState(models.TextChoices):
    """Where a review is; the database derives it from the steps."""

    PROPOSED = "proposed", pgettext_lazy("review", "Proposed")
    POSTED = "posted", pgettext_lazy("review", "Posted in the village")
    AT_TOWNSHIP = "at_township", pgettext_lazy("review", "At the township")
    AT_COUNTY = "at_county", pgettext_lazy("review", "At the county")
    APPROVED = "approved", pgettext_lazy("review", "Approved")
    REFUSED = "refused", pgettext_lazy("review", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("review", "Withdrawn")


OPEN = ("proposed", "posted", "at_township", "at_county")


@tracked
class HouseholdReview(models.Model):
    """A proposal about a household, on its way from the village to the county."""

    number = models.CharField(_("review number"), max_length=24, unique=True)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="reviews", verbose_name=_("household")
    )
    kind = models.CharField(pgettext_lazy("household", "status"), max_length=24)
    action = models.CharField(_("what is proposed"), max_length=10, choices=Action)
    category = models.CharField(_("category"), max_length=24, blank=True, default="")
    work_class = models.CharField(
        pgettext_lazy("household", "class"), max_length=1, blank=True, default=""
    )
    cause = models.CharField(_("cause of poverty"), max_length=24, blank=True, default="")
    words = models.CharField(_("why"), max_length=500)
    state = models.CharField(
        pgettext_lazy("review", "state"),
        max_length=12,
        choices=ReviewState,
        default=ReviewState.PROPOSED,
    )
    village_list = models.ForeignKey(
        VillageList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("village list"),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("household review")
        verbose_name_plural = _("household reviews")
        ordering = ["-proposed_at", "number"]
        indexes = [models.Index(fields=["state", "-proposed_at"], name="aid_review_state")]
        constraints = [
            UniqueConstraint(
                fields=["household", "kind"],
                name="aid_review_one_open",
                condition=Q(state__in=OPEN),
            ),
            CheckConstraint(
                condition=Q(action__in=Action.values) & ~Q(words=""), name="aid_review_action"
            ),
            CheckConstraint(
                condition=~Q(kind=REGISTERED_POOR)
                | Q(action=Action.REMOVE)
                | (Q(work_class__in=WorkClass.values) & ~Q(cause="")),
                name="aid_review_class_and_cause",
            ),
        ]
        triggers = guards.of_a_review()

    def __str__(self) -> str:
        return self.number


class OfReviewsQuerySet(OfHouseholdsQuerySet):
    """Rows about reviews."""

    village = "review__household__village"


@tracked
class CriterionFound(models.Model):
    """Whether a criterion is met, by which evidence."""

    review = models.ForeignKey(
        HouseholdReview, models.PROTECT, related_name="findings", verbose_name=_("review")
    )
    criterion = models.CharField(_("criterion"), max_length=24)
    met = models.BooleanField(_("met"))
    evidence = models.CharField(_("evidence"), max_length=200)

    objects: ClassVar[Any] = OfReviewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("criterion found")
        verbose_name_plural = _("criteria found")
        ordering = ["review", "pk"]
        constraints = [
            UniqueConstraint(fields=["review", "criterion"], name="aid_criterion_once"),
            CheckConstraint(condition=~Q(evidence=""), name="aid_criterion_evidence"),
        ]
        triggers = [guards.findings_stay()]

    def __str__(self) -> str:
        return self.criterion


class ReviewLevel(models.TextChoices):
    """Who looks, one after the other."""

    VILLAGE = "village", pgettext_lazy("review", "Village")
    TOWNSHIP = "township", pgettext_lazy("review", "Township")
    COUNTY = "county", pgettext_lazy("review", "County")


@tracked
class ReviewStep(models.Model):
    """What a level said of a review: yes, on to the next one, or no with a reason."""

    review = models.ForeignKey(
        HouseholdReview, models.PROTECT, related_name="steps", verbose_name=_("review")
    )
    level = models.CharField(pgettext_lazy("review", "level"), max_length=10, choices=ReviewLevel)
    yes = models.BooleanField(_("agreed"))
    words = models.CharField(_("reason"), max_length=500, blank=True, default="")
    paper = models.CharField(_("paper"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    on = models.DateField(_("decided on"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)

    objects: ClassVar[Any] = OfReviewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        ordering = ["review", "pk"]
        constraints = [
            UniqueConstraint(fields=["review", "level"], name="aid_step_once"),
            UniqueConstraint(fields=["review", "by"], name="aid_step_three_people"),
            CheckConstraint(condition=Q(level__in=ReviewLevel.values), name="aid_step_level"),
            CheckConstraint(condition=~Q(paper=""), name="aid_step_paper"),
            CheckConstraint(condition=Q(yes=True) | ~Q(words=""), name="aid_step_reason"),
        ]
        triggers = guards.of_a_step()

    def __str__(self) -> str:
        return f"{self.review} {self.level}"
