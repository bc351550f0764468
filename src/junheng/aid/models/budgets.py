"""What is planned, allocated and was disbursed by policy, source of funds and half-year."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.aid.models import budget_guards
from junheng.aid.models.people import person
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes

HALF_YEAR = r"^\d{4}-[12]$"
POLICY = r"^[a-z][a-z0-9_]*$"


class Source(models.TextChoices):
    """Whose money it is."""

    CENTRAL = "central", _("central funds")
    PROVINCIAL = "provincial", _("provincial funds")
    PREFECTURE = "prefecture", _("prefecture funds")
    COUNTY = "county", _("county funds")
    DONATED = "donated", _("donated funds")


class PaysTo(models.TextChoices):
    """Into whose account a policy is paid."""

    PERSON = "person", _("the person's own account")
    SCHOOL = "school", _("the school's account")


@tracked
class BudgetLine(models.Model):
    """Heads and money for one policy in one half-year out of one source.

    `allocated_fen` is what has really been made available; nothing beyond it leaves for the bank.
    """

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    path = models.TextField(_("path"), db_collation="C")
    policy = models.CharField(_("aid policy"), max_length=60)
    source = models.CharField(_("source of funds"), max_length=10, choices=Source)
    pays_to = models.CharField(_("paid into"), max_length=6, choices=PaysTo, default=PaysTo.PERSON)
    half_year = models.CharField(_("half-year"), max_length=6)
    planned_heads = models.PositiveIntegerField(_("planned heads"))
    planned_fen = models.BigIntegerField(_("planned amount"), validators=[MinValueValidator(0)])
    allocated_fen = models.BigIntegerField(
        _("allocated amount"), validators=[MinValueValidator(0)], default=0
    )
    paper = models.CharField(_("document it rests on"), max_length=200)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [
            models.UniqueConstraint(
                fields=["path", "half_year", "policy", "source"], name="aid_budget_once"
            ),
            models.CheckConstraint(
                condition=Q(planned_fen__gte=0, allocated_fen__gte=0), name="aid_budget_amounts"
            ),
            models.CheckConstraint(
                condition=Q(half_year__regex=HALF_YEAR, policy__regex=POLICY),
                name="aid_budget_written",
            ),
        ]
        triggers = budget_guards.of_a_budget_line()

    def __str__(self) -> str:
        return f"{self.policy} {self.half_year}"


class FormerTotal(models.Model):
    """What was disbursed before this system, or beside it, as one sum with its paper."""

    budget = models.ForeignKey(
        BudgetLine, models.PROTECT, related_name="former", verbose_name=_("budget line")
    )
    heads = models.PositiveIntegerField(_("heads"))
    fen = models.BigIntegerField(_("amount"))
    paper = models.CharField(_("document it rests on"), max_length=200)
    on = models.DateField(_("on"))
    by = person(_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("former total")
        verbose_name_plural = _("former totals")
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="aid_former_total_amount"),
            models.UniqueConstraint(fields=["budget", "paper"], name="aid_former_total_once"),
        ]
        triggers = [*budget_guards.of_a_former_total(), never_changes("former_total")]

    def __str__(self) -> str:
        return self.paper
