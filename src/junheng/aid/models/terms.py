"""Terms of aid: what is decided, paid and closed together."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, paths_of, scope_q
from junheng.aid.engine.policies import Period
from junheng.aid.models.posts import AT_SCHOOL, IN_CHARGE
from junheng.aid.models.ranges import days, one_key
from junheng.aid.sentences.terms import term_name
from junheng.commons.history import tracked


class AidTermQuerySet(models.QuerySet["AidTerm"]):
    """Terms."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: terms of their county, and of the one that their school is in."""
        inside = scope_q(user, "place__path", IN_CHARGE)
        above = [
            f"/{'/'.join(parts[:end])}/"
            for path in paths_of(user, AT_SCHOOL)
            for parts in [path.strip("/").split("/")]
            for end in range(1, len(parts))
        ]
        return self.filter(inside | Q(place__path__in=above))


CLOSED_STAYS = """
    IF OLD.closed_at IS NOT NULL AND ROW(OLD.*) IS DISTINCT FROM ROW(NEW.*)
        OR ROW(OLD.place_id, OLD.code) IS DISTINCT FROM ROW(NEW.place_id, NEW.code) THEN
        RAISE EXCEPTION 'a term of aid stays what it is, and one that is closed stays closed'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@tracked
class AidTerm(models.Model):
    """A term of a county; the code is the school year and which term of it: 2026-2027-1."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    code = models.CharField(_("term"), max_length=12)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    looked_at = models.DateTimeField(_("compared at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("closed by"),
    )

    objects: ClassVar[Any] = AidTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term of aid")
        verbose_name_plural = _("terms of aid")
        ordering = ["-starts_on"]
        constraints = [
            UniqueConstraint(fields=["place", "code"], name="aid_term_once"),
            CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{4}-[0-9]{4}-[12]$"), name="aid_term_code"
            ),
            CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="aid_term_dates"),
            ExclusionConstraint(
                name="aid_term_one_a_day",
                expressions=[
                    (one_key("place_id"), RangeOperators.OVERLAPS),
                    (days("starts_on", "ends_on", "[]"), RangeOperators.OVERLAPS),
                ],
            ),
            CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="aid_term_closed",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="term_closed_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=CLOSED_STAYS,
            ),
            pgtrigger.Protect(name="term_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """What it is called, in words."""
        return term_name(self.code)

    @property
    def matter(self) -> str:
        """What its runs are about."""
        return f"aid {self.code} {self.place.code}"

    @property
    def period(self) -> Period:
        """As the engine knows it."""
        return Period(self.code, self.starts_on, self.ends_on)
