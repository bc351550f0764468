"""Pupils: who they are. Where they are, and since when, say their standings."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import BlindIndexField, SealedTextField
from junheng.registry.models import keeping, search


class PupilQuerySet(models.QuerySet["Pupil"]):
    """Pupils."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the pupils of the schools within the scope of their posts."""
        return self.filter(scope_q(user, "organisation__path"))

    def bulk_create(self, objs: Iterable[Pupil], *args: Any, **kwargs: Any) -> list[Pupil]:
        """As ever; and every new pupil can be found by name."""
        made = super().bulk_create(objs, *args, **kwargs)
        search.keep_search_keys(made)
        return made


@tracked(in_masses=True)
class Pupil(models.Model):
    """A child with a record of the register; names and numbers are sealed.

    `organisation` and `left_on` follow the latest standing; the database writes them.
    `source` is what the record was made from, such as an application: once for each.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("pupil number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="pupils", verbose_name=_("school")
    )
    name = SealedTextField(_("name"), bound_to="id")
    resident_id = SealedTextField(_("resident ID number"), bound_to="id", null=True)
    resident_id_key = BlindIndexField(max_length=32, blank=True, default="")
    national_number = SealedTextField(_("national pupil number"), bound_to="id", null=True)
    national_number_key = BlindIndexField(max_length=32, blank=True, default="")
    household_number = SealedTextField(_("household number"), bound_to="id", null=True)
    household_key = BlindIndexField(max_length=32, blank=True, default="")
    born_on = models.DateField(_("born on"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, blank=True)
    ethnicity = models.CharField(_("ethnicity"), max_length=2, blank=True, default="")
    entered_on = models.DateField(_("on the roll since"))
    left_on = models.DateField(_("on the roll until"), null=True, blank=True)
    source = models.UUIDField(_("source"), unique=True, null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )

    objects: ClassVar[Any] = PupilQuerySet.as_manager()

    class Meta:
        verbose_name = _("pupil")
        verbose_name_plural = _("pupils")
        indexes = [
            models.Index(fields=["organisation", "left_on"], name="registry_pupil_at"),
            models.Index(
                fields=["resident_id_key"],
                name="registry_pupil_resident_id",
                condition=~Q(resident_id_key=""),
            ),
            models.Index(
                fields=["national_number_key"],
                name="registry_pupil_national",
                condition=~Q(national_number_key=""),
            ),
            models.Index(
                fields=["household_key"],
                name="registry_pupil_household",
                condition=~Q(household_key=""),
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")),
                name="registry_pupil_dates",
            ),
        ]
        triggers = [*keeping.of_a_pupil(), search.follows_its_pupil()]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever; a name that was just set can be found from now on."""
        named = isinstance(self.__dict__.get("name"), str)
        super().save(*args, **kwargs)
        if named:
            search.keep_search_keys([self])


class FurtherSource(models.Model):
    """What a record goes on by, such as the application for the next school: once for each."""

    source = models.UUIDField(_("source"), primary_key=True)
    pupil = models.ForeignKey(
        Pupil, models.PROTECT, related_name="further_sources", verbose_name=_("pupil")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("further source")
        verbose_name_plural = _("further sources")
        triggers = [never_changes("further_source")]

    def __str__(self) -> str:
        return str(self.source)
