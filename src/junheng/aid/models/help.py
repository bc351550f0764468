"""What other departments did for a household, or refused in writing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.aid.models.households import Household, HouseholdMember, OfHouseholdsQuerySet
from junheng.commons.history import tracked
from junheng.kernel.money import Fen


class HelpKind(models.TextChoices):
    """Which help."""

    CHRONIC = "chronic", _("Filing of a chronic illness")
    HOSPITAL = "hospital", _("One-stop settlement at the hospital")
    POST = "post", _("Public-service post")
    REPAIR = "repair", _("Home repair")


class HelpState(models.TextChoices):
    """What came of it."""

    SCREENED = "screened", pgettext_lazy("help", "Screened")
    GIVEN = "given", pgettext_lazy("help", "Filed or given")
    REFUSED = "refused", pgettext_lazy("help", "Refused in writing")


@tracked(in_masses=True)
class HouseholdHelp(models.Model):
    """One help to one household, counted and with its amount in fen; a refusal has its reason."""

    household = models.ForeignKey(
        Household, models.PROTECT, related_name="helps", verbose_name=_("household")
    )
    member = models.ForeignKey(
        HouseholdMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("household member"),
    )
    kind = models.CharField(pgettext_lazy("help", "kind"), max_length=10, choices=HelpKind)
    state = models.CharField(pgettext_lazy("help", "state"), max_length=10, choices=HelpState)
    on = models.DateField(_("on"))
    times = models.PositiveIntegerField(_("times"), default=1)
    fen = models.BigIntegerField(_("amount, fen"), null=True, blank=True)
    department = models.CharField(_("department"), max_length=100)
    reason = models.CharField(_("reason of the refusal"), max_length=200, blank=True, default="")
    paper = models.CharField(_("paper"), max_length=200, blank=True, default="")
    batch = models.UUIDField(_("batch"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("household help")
        verbose_name_plural = _("household helps")
        ordering = ["-on", "pk"]
        indexes = [models.Index(fields=["household", "kind", "on"], name="aid_help_household")]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=HelpKind.values, state__in=HelpState.values, times__gt=0),
                name="aid_help_choices",
            ),
            CheckConstraint(
                condition=(~Q(state="refused") & Q(reason=""))
                | (Q(state="refused", fen=None) & ~Q(reason="") & ~Q(paper="")),
                name="aid_help_refused_in_writing",
            ),
            CheckConstraint(condition=Q(fen=None) | Q(fen__gte=0), name="aid_help_amount"),
            CheckConstraint(
                condition=~Q(state="screened") | Q(kind="chronic"), name="aid_help_screened"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.kind} {self.on}"

    @property
    def yuan(self) -> str:
        """The amount in yuan, "" where there is none."""
        return "" if self.fen is None else str(Fen(self.fen))
