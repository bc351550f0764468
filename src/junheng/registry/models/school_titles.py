"""What a school was judged to be: a quality school, or an award, with its paper and its dates."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked


class SchoolTitleKind(models.TextChoices):
    """What a school was given; only quality schools count in the yearly return."""

    QUALITY = "quality", _("Quality school")
    AWARD = "award", _("Award")


class JudgedBy(models.TextChoices):
    """Who judged: a county's bureau or one above it."""

    COUNTY = "county", pgettext_lazy("given by", "County")
    CITY = "city", pgettext_lazy("given by", "City")
    PROVINCE = "province", pgettext_lazy("given by", "Province")
    NATIONAL = "national", pgettext_lazy("given by", "National")


class SchoolTitleQuerySet(DatedQuerySet):
    """Titles of schools."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def quality(self) -> Self:
        """Only the marks of quality schools."""
        return self.filter(kind=SchoolTitleKind.QUALITY)


@tracked
class SchoolTitle(models.Model):
    """A title of a whole school, both its levels, from one day until before another."""

    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="titles", verbose_name=_("school")
    )
    kind = models.CharField(_("kind of title"), max_length=8, choices=SchoolTitleKind)
    given_by = models.CharField(_("given by"), max_length=8, choices=JudgedBy)
    title = models.CharField(_("title"), max_length=60)
    paper = models.CharField(_("paper"), max_length=80)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("ended on"), null=True, blank=True)

    objects: ClassVar[Any] = SchoolTitleQuerySet.as_manager()

    class Meta:
        verbose_name = _("title of a school")
        verbose_name_plural = _("titles of schools")
        ordering = ["-valid_from", "pk"]
        constraints = [
            UniqueConstraint(
                fields=["organisation", "kind", "title", "valid_from"],
                name="registry_school_title_once",
            ),
            CheckConstraint(
                condition=Q(kind__in=SchoolTitleKind.values) & Q(given_by__in=JudgedBy.values),
                name="registry_school_title_choices",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_school_title_dates",
            ),
            CheckConstraint(condition=~Q(paper=""), name="registry_school_title_has_its_paper"),
        ]

    def __str__(self) -> str:
        return self.title
