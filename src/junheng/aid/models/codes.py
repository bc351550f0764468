"""Codes by which households are described: rows with dates, not words of the program."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.db.models.expressions import Combinable
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked


def one_word(field: str | F) -> Func:
    """A word as a range of one, since plain words have no place in a GiST index.

    Two words with one hash would refuse each other; a household has four kinds of status.
    """
    name = F(field) if isinstance(field, str) else field
    return one_key(Func(name, function="hashtext"))


def one_key(number: F | Combinable) -> Func:
    """A whole number as a range of one."""
    return Func(number, number, Value("[]"), function="int8range")


def days() -> Func:
    """The days on which a dated row holds; an open end reaches for ever."""
    return Func(F("valid_from"), F("valid_to"), function="daterange")


class CodeList(models.TextChoices):
    """Which lists there are."""

    STATUS = "status", pgettext_lazy("household", "status")
    CATEGORY = "category", _("category")
    CAUSE = "cause", _("cause of poverty")
    MEASURE = "measure", _("measure")
    CRITERION = "criterion", _("criterion of removal")


@tracked
class HouseholdCode(models.Model):
    """An entry of a list, from one day until before another."""

    list = models.CharField(_("list"), max_length=12, choices=CodeList)
    code = models.CharField(_("code"), max_length=24)
    kind = models.CharField(_("belongs to"), max_length=24, blank=True, default="")
    name_zh = models.CharField(_("name in Chinese"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    basis = models.CharField(_("rests on"), max_length=200, blank=True, default="")
    place_in_list = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("household code")
        verbose_name_plural = _("household codes")
        ordering = ["list", "place_in_list", "code"]
        constraints = [
            CheckConstraint(condition=Q(list__in=CodeList.values), name="aid_code_list"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="aid_code_dates"
            ),
            ExclusionConstraint(
                name="aid_code_once_a_day",
                expressions=[
                    (one_word("list"), RangeOperators.OVERLAPS),
                    (one_word("kind"), RangeOperators.OVERLAPS),
                    (one_word("code"), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh
