"""A county's own rules for transfers, by version: signed by two, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import BUSINESS, User, paths_of, scope_q
from junheng.commons.history import tracked


class TransferRuleQuerySet(models.QuerySet[Any]):
    """Versions of rules."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the rules of their places, and those that hold for them."""
        within = scope_q(user, "place__path")
        return self.filter(within | Q(place__path__in=_above(paths_of(user, frozenset(BUSINESS)))))


def _above(paths: Iterable[str]) -> list[str]:
    """The paths of all places in which these lie."""
    parts = [path.strip("/").split("/") for path in paths]
    return [f"/{'/'.join(one[:end])}/" for one in parts for end in range(1, len(one))]


@tracked
class TransferRuleVersion(models.Model):
    """What a county has decided about transfers, from one day until the next version begins.

    `content` is what a version of `files/transfers.toml` holds beside its name and day.
    """

    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    version = models.CharField(_("version of the rules"), max_length=20)
    valid_from = models.DateField(_("from"))
    content = models.JSONField(_("rules"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), default=timezone.now)

    objects: ClassVar[Any] = TransferRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer rule")
        verbose_name_plural = _("transfer rules")
        ordering = ["-valid_from"]
        constraints = [
            UniqueConstraint(fields=["place", "version"], name="registry_transfer_rules_named"),
            UniqueConstraint(fields=["place", "valid_from"], name="registry_transfer_rules_begin"),
            CheckConstraint(
                condition=~Q(asked_by=F("approved_by")),
                name="registry_transfer_rules_two_people",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="transfer_rules_are_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.version}"
