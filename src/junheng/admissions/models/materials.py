"""Which papers a family may be asked for: each with what it proves, its basis and a sample."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, UniqueConstraint, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import material_guards
from junheng.admissions.models.material_guards import LAST_CASE
from junheng.admissions.models.rounds import Round
from junheng.commons.history import tracked
from junheng.evidence.facade import LOOKED_UP
from junheng.places.facade import Dated, DatedQuerySet

SHA256_LENGTH = 64
SAYS_SOMETHING = r"[^[:space:]]"
STANDARD_MATTERS = {
    "identity": pgettext_lazy("proof", "Identity of the child"),
    "guardianship": pgettext_lazy("proof", "Guardianship"),
    "household": pgettext_lazy("proof", "Household registration"),
    "house": pgettext_lazy("proof", "House"),
    "residence": pgettext_lazy("proof", "Residence"),
    "work": pgettext_lazy("proof", "Work or trade"),
    "special_need": pgettext_lazy("proof", "Special need"),
}
"""Names of the matters that come with the program; a bureau's own carry theirs in the table."""


class Case(models.IntegerChoices):
    """Who has to show a paper; `EVERYONE` stands for all the others together."""

    EVERYONE = 0, pgettext_lazy("case of a family", "Everybody")
    HOUSEHOLD_AND_HOUSE = 1, pgettext_lazy("case of a family", "Household and house here")
    HOUSE = 2, pgettext_lazy("case of a family", "House here, household elsewhere")
    HOUSEHOLD = 3, pgettext_lazy("case of a family", "Household here, no house")
    MIGRANT = 4, pgettext_lazy("case of a family", "Migrant workers")
    SPECIAL_NEED = 5, pgettext_lazy("case of a family", "Children with special needs")
    ABROAD = 6, pgettext_lazy("case of a family", "From abroad, Hong Kong, Macau or Taiwan")
    SIBLING = 7, pgettext_lazy("case of a family", "Older sibling at the school")


class Duty(models.TextChoices):
    """Who brings it, and when."""

    BRING = "bring", pgettext_lazy("material", "to be handed in")
    LATER = "later", pgettext_lazy("material", "may follow later")
    FETCHED = "fetched", pgettext_lazy("material", "fetched by the bureau itself")


@tracked
class ProofMatter(Dated):
    """A thing that can be proved, and the registers that hold it, as one version of the table."""

    code = models.CharField(
        _("code"), max_length=32, validators=[RegexValidator(r"^[a-z][a-z0-9_]*$")]
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    registers = models.JSONField(_("registers that hold it"), default=list)

    objects: ClassVar[Any] = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof matter")
        verbose_name_plural = _("proof matters")
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                fields=["code"], condition=Q(valid_to=None), name="proof_matter_open_once"
            ),
            CheckConstraint(
                condition=Q(code__in=list(STANDARD_MATTERS)) | ~Q(name=""),
                name="proof_matter_is_named",
            ),
            CheckConstraint(
                condition=Q(registers__contained_by=[one.value for one in LOOKED_UP]),
                name="proof_matter_registers",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(STANDARD_MATTERS[self.code])


@tracked
class MaterialList(models.Model):
    """One version of a round's list of papers; it is fixed when it is published, and stays."""

    round = models.ForeignKey(
        Round, models.CASCADE, related_name="material_lists", verbose_name=_("round")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    reason = models.TextField(_("reason"), blank=True)
    connected = models.JSONField(_("registers connected"), default=list)
    fixed_at = models.DateTimeField(_("fixed at"), null=True, blank=True)
    fixed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("fixed by"),
    )

    class Meta:
        verbose_name = _("material list")
        verbose_name_plural = _("material lists")
        ordering = ["-version"]
        constraints = [
            UniqueConstraint(fields=["round", "version"], name="material_list_version_once"),
            UniqueConstraint(
                fields=["round"], condition=Q(fixed_at=None), name="material_list_one_draft"
            ),
            CheckConstraint(
                condition=Q(version=1) | Q(reason__regex=SAYS_SOMETHING),
                name="material_list_says_why",
            ),
        ]
        triggers = material_guards.of_a_list()


def _cases() -> Func:
    """The cases of a row as a range: everybody is all of them."""
    one = NullIf(F("case"), Value(0))
    first = Func(one, Value(1), function="COALESCE", output_field=models.IntegerField())
    last = Func(one, Value(LAST_CASE), function="COALESCE", output_field=models.IntegerField())
    return Func(first, last, Value("[]"), function="int4range")


def _one(field: str) -> Func:
    return Func(F(field), F(field), Value("[]"), function="int8range")


def no_needs() -> list[str]:
    """A paper for which no other proof is needed."""
    return []


@tracked
class Material(models.Model):
    """A paper on the list."""

    list = models.ForeignKey(
        MaterialList, models.CASCADE, related_name="materials", verbose_name=_("list")
    )
    matter = models.ForeignKey(
        ProofMatter, models.PROTECT, related_name="+", verbose_name=_("proves")
    )
    case = models.PositiveSmallIntegerField(_("asked of"), choices=Case, default=Case.EVERYONE)
    name = models.CharField(_("name"), max_length=100)
    duty = models.CharField(_("who brings it"), max_length=8, choices=Duty, default=Duty.BRING)
    basis_document = models.CharField(_("law or regulation"), max_length=200)
    basis_number = models.CharField(_("document number"), max_length=100)
    basis_clause = models.CharField(_("clause"), max_length=100)
    format = models.CharField(_("form"), max_length=200, blank=True)
    sample = models.CharField(_("sample picture"), max_length=SHA256_LENGTH, blank=True)
    needs = models.JSONField(_("needed to get it"), default=no_needs, blank=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["case", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(
                    basis_document__regex=SAYS_SOMETHING,
                    basis_number__regex=SAYS_SOMETHING,
                    basis_clause__regex=SAYS_SOMETHING,
                ),
                name="material_has_a_basis",
            ),
            CheckConstraint(condition=Q(name__regex=SAYS_SOMETHING), name="material_is_named"),
            CheckConstraint(condition=Q(case__in=Case.values), name="material_case"),
            CheckConstraint(condition=Q(duty__in=Duty.values), name="material_duty"),
            CheckConstraint(condition=Q(needs__contains=[]), name="material_needs_a_list"),
            ExclusionConstraint(
                name="material_proves_once",
                expressions=[
                    (_one("list_id"), RangeOperators.OVERLAPS),
                    (_one("matter_id"), RangeOperators.OVERLAPS),
                    (_cases(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["sample"], name="material_sample")]
        triggers = material_guards.of_a_material()

    def __str__(self) -> str:
        return self.name


@tracked
class RoundContact(models.Model):
    """Whom families ask about a round, and where they are helped in person."""

    round = models.OneToOneField(
        Round, models.CASCADE, primary_key=True, related_name="contact", verbose_name=_("round")
    )
    hotline = models.CharField(_("telephone for questions"), max_length=60)
    supervision = models.CharField(_("supervision telephone"), max_length=60)
    counters = models.TextField(_("counters"), blank=True)

    class Meta:
        verbose_name = _("contact of a round")
        verbose_name_plural = _("contacts of rounds")
        constraints = [
            CheckConstraint(
                condition=Q(hotline__regex=SAYS_SOMETHING, supervision__regex=SAYS_SOMETHING),
                name="round_contact_says_something",
            )
        ]

    def __str__(self) -> str:
        return self.hotline
