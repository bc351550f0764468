"""The tree that every permission hangs on: places, the organisations in them, their posts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked

PLACE_CODE = r"^[0-9A-Za-z]{1,32}$"
ORGANISATION_CODE = r"^[0-9A-Za-z._-]{1,64}$"


class Level(models.TextChoices):
    """How deep a place lies; deeper levels come later, and a branch may skip some."""

    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County or district")
    TOWNSHIP = "township", _("Township or street")
    VILLAGE = "village", _("Village or community")
    GRID = "grid", _("Grid cell")

    @property
    def depth(self) -> int:
        """0 for a province, 5 for a grid cell."""
        return list(Level).index(self)


class OrganisationKind(models.TextChoices):
    """What an organisation is; `GOVERNS_ITS_PLACE` says whose people see all of their place."""

    BUREAU = "bureau", _("Education bureau")
    TOWNSHIP_OFFICE = "township_office", _("Township education office")
    VILLAGE_COMMITTEE = "village_committee", _("Village committee")
    CENTRAL_SCHOOL = "central_school", _("Central school of a township")
    KINDERGARTEN = "kindergarten", _("Kindergarten")
    TEACHING_POINT = "teaching_point", _("Teaching point")
    PRIMARY = "primary", _("Primary school")
    LOWER_SECONDARY = "lower_secondary", _("Lower secondary school")
    NINE_YEAR = "nine_year", _("Nine-year school")
    UPPER_SECONDARY = "upper_secondary", _("Upper secondary school")
    COMPLETE_SECONDARY = "complete_secondary", _("Complete secondary school")
    TWELVE_YEAR = "twelve_year", _("Twelve-year school")
    VOCATIONAL = "vocational", _("Vocational school")
    SPECIAL = "special", _("Special education school")
    AGENCY = "agency", _("Government agency")
    HOSPITAL = "hospital", _("Hospital")
    ENTERPRISE = "enterprise", _("Enterprise")


GOVERNS_ITS_PLACE = frozenset(
    {
        OrganisationKind.BUREAU,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.VILLAGE_COMMITTEE,
        OrganisationKind.CENTRAL_SCHOOL,
    }
)


class Role(models.TextChoices):
    """What somebody at a post may do; the three administrators are kept apart from all others."""

    BUREAU_LEADER = "bureau_leader", _("Bureau leader")
    ADMISSIONS_OFFICER = "admissions_officer", _("Admissions officer")
    TOWNSHIP_OFFICER = "township_officer", _("Township officer")
    SCHOOL_CLERK = "school_clerk", _("School clerk")
    SCHOOL_HEAD = "school_head", _("School head")
    AUDITOR = "auditor", _("Auditor")
    AID_OFFICER = "aid_officer", _("Aid officer")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    VILLAGE_OFFICER = "village_officer", _("Village officer")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    AUDIT_ADMIN = "audit_admin", _("Audit administrator")


class Dated(models.Model):
    """True from `valid_from` on and until the day before `valid_to`.

    Each model says for itself `objects = DatedQuerySet.as_manager()`, or a queryset of its own.
    """

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        abstract = True

    def holds_on(self, day: date) -> bool:
        """Whether this was true on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


class Located(models.Model):
    """May have a point on the map, in degrees WGS 84 / CGCS2000."""

    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)

    class Meta:
        abstract = True


def _in_order() -> CheckConstraint:
    return CheckConstraint(
        condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
        name="%(app_label)s_%(class)s_dates_in_order",
    )


def _on_earth() -> CheckConstraint:
    inside = Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)
    return CheckConstraint(
        condition=Q(lon=None, lat=None) | (Q(lon__isnull=False, lat__isnull=False) & inside),
        name="%(app_label)s_%(class)s_on_earth",
    )


def _path_leads_there(name: str, columns: tuple[str, ...], wrong: str) -> pgtrigger.Trigger:
    """At the end of a transaction every changed path must be what the tree says.

    Permissions hang on paths, so a wrong one would show somebody else's rows.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns),  # type: ignore[no-untyped-call]  # so in the library
        func=f"""
            IF EXISTS ({wrong}) THEN
                RAISE EXCEPTION 'the path of % does not lead to it', NEW.code
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


@tracked
class Place(Dated, Located):
    """A division of the country, from province to grid cell; its code never changes."""

    code = models.CharField(
        _("code"), max_length=32, unique=True, validators=[RegexValidator(PLACE_CODE)]
    )
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(pgettext_lazy("place", "level"), max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("in")
    )
    path = models.TextField(_("path"), unique=True, editable=False)
    outline = models.JSONField(_("outline"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        constraints = [
            _in_order(),
            _on_earth(),
            CheckConstraint(condition=Q(code__regex=PLACE_CODE), name="places_place_code"),
            CheckConstraint(condition=Q(level__in=Level.values), name="places_place_level"),
            CheckConstraint(
                condition=Q(path__startswith="/") & Q(path__endswith="/"), name="places_place_path"
            ),
        ]
        indexes = [models.Index(fields=["level", "code"], name="places_place_level_code")]
        triggers = [
            _path_leads_there(
                "place_path_leads_there",
                ("path", "code", "parent_id"),
                """
                SELECT FROM places_place here
                LEFT JOIN places_place above ON above.id = here.parent_id
                WHERE here.id = NEW.id
                    AND here.path <> coalesce(above.path, '/') || here.code || '/'
                UNION ALL
                SELECT FROM places_place below JOIN places_place here ON here.id = below.parent_id
                WHERE here.id = NEW.id AND below.path <> here.path || below.code || '/'
                UNION ALL
                SELECT FROM places_organisation here
                JOIN places_place above ON above.id = here.place_id
                WHERE above.id = NEW.id AND here.path <> above.path || '@' || here.code || '/'
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.path = path_of(self.parent.path if self.parent else "/", self.code)
        super().save(*args, **kwargs)


@tracked
class Organisation(Dated, Located):
    """A bureau, school or other body at a place."""

    code = models.CharField(
        _("code"), max_length=64, unique=True, validators=[RegexValidator(ORGANISATION_CODE)]
    )
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="organisations", verbose_name=_("place")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    path = models.TextField(_("path"), unique=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["code"]
        constraints = [
            _in_order(),
            _on_earth(),
            CheckConstraint(
                condition=Q(code__regex=ORGANISATION_CODE), name="places_organisation_code"
            ),
            CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="places_organisation_kind"
            ),
            CheckConstraint(
                condition=~Q(parent=F("id")), name="places_organisation_not_its_own_part"
            ),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="places_organisation_kind_code")]
        triggers = [
            _path_leads_there(
                "organisation_path_leads_there",
                ("path", "code", "place_id"),
                """
                SELECT FROM places_organisation here
                JOIN places_place above ON above.id = here.place_id
                WHERE here.id = NEW.id AND here.path <> above.path || '@' || here.code || '/'
                """,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.path = path_of(self.place.path, f"@{self.code}")
        super().save(*args, **kwargs)

    @property
    def reach(self) -> str:
        """The path its people see: all of its place for a bureau or township, else itself."""
        return self.place.path if self.kind in GOVERNS_ITS_PLACE else self.path


def _role_stays() -> pgtrigger.Trigger:
    """Changing a post's role would give its holder what nobody granted."""
    return pgtrigger.Trigger(
        name="post_role_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.role <> NEW.role OR OLD.organisation_id <> NEW.organisation_id"
        ),
        func="RAISE EXCEPTION 'role and organisation of a post never change';",
    )


@tracked
class Post(models.Model):
    """A desk at an organisation that carries a role; people are appointed to it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    title = models.CharField(pgettext_lazy("post", "title"), max_length=100)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["organisation__code", "role", "title"]
        constraints = [
            CheckConstraint(condition=Q(role__in=Role.values), name="places_post_role"),
            UniqueConstraint(fields=["organisation", "role", "title"], name="places_post_once"),
        ]
        triggers = [_role_stays()]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.title}"


def path_of(parent: str, step: str) -> str:
    """The path one step below another: `/99/` and `9901` give `/99/9901/`."""
    return f"{parent}{step}/"
