"""People on the staff of schools, and their posts as dated facts."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.commons.dated import DatedQuerySet
from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField
from junheng.registry.models import staff_guards
from junheng.registry.models.schools import LEVELS, days, one_key

OF_STAFF = "staff.resident_id"
"""Purpose of the blind index: a teacher's number is compared with teachers' only."""


class Qualification(models.TextChoices):
    """Highest education completed, as the returns of schools group GB/T 4658."""

    BELOW_COLLEGE = "below_college", _("Below college")
    COLLEGE = "college", _("College")
    BACHELOR = "bachelor", _("Bachelor")
    MASTER = "master", _("Master")
    DOCTOR = "doctor", _("Doctor")


class Employment(models.TextChoices):
    """How somebody is employed."""

    PERMANENT = "permanent", pgettext_lazy("employment", "Permanent")
    CONTRACT = "contract", pgettext_lazy("employment", "Contract")


class PostKind(models.TextChoices):
    """What somebody does at a school."""

    TEACHER = "teacher", _("Teacher")
    SUPPORT = "support", _("Support staff")
    HEAD = "head", _("Head of school")


class Subject(models.TextChoices):
    """What is taught, as the national curriculum of compulsory schooling names it."""

    MORALITY = "morality", _("Morality and law")
    CHINESE = "chinese", pgettext_lazy("subject", "Chinese")
    MATHEMATICS = "mathematics", _("Mathematics")
    ENGLISH = "english", _("English")
    SCIENCE = "science", _("Science")
    PHYSICS = "physics", _("Physics")
    CHEMISTRY = "chemistry", _("Chemistry")
    BIOLOGY = "biology", _("Biology")
    HISTORY = "history", pgettext_lazy("subject", "History")
    GEOGRAPHY = "geography", _("Geography")
    SPORT = "sport", _("Sport and health")
    MUSIC = "music", _("Music")
    ART = "art", _("Fine arts")
    COMPUTING = "computing", _("Computing")
    LABOUR = "labour", _("Labour")
    PRACTICE = "practice", _("Integrated practice")


SPORT_AND_ARTS = (Subject.SPORT, Subject.MUSIC, Subject.ART)


class StaffQuerySet(models.QuerySet[Any]):
    """People on the staff."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the people whose latest post is within their scope."""
        return self.filter(scope_q(user, "organisation__path"))


@tracked
class StaffMember(models.Model):
    """Somebody who works, or worked, at a school; who it is is sealed.

    `organisation` is the school of the latest post; a trigger keeps it so. `recruited_for` is the
    school that somebody was recruited for, wherever they serve first.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("staff number"), max_length=20, unique=True)
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="staff", verbose_name=_("school")
    )
    name = SealedTextField(_("name"), bound_to="ref")
    resident_id = SealedTextField(_("resident ID number"), bound_to="ref", null=True)
    resident_id_key = BlindIndexField(max_length=40, blank=True, editable=False)
    born_on = models.DateField(_("born on"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=1, blank=True)
    teaching_since = models.DateField(_("in the profession since"), null=True, blank=True)
    qualification = models.CharField(
        _("qualification"), max_length=16, choices=Qualification, blank=True
    )
    recruited_on = models.DateField(_("recruited on"))
    recruited_as = models.CharField(_("recruited as"), max_length=9, choices=Employment)
    recruited_for = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        related_name="+",
        verbose_name=_("recruited for the school"),
    )

    objects: ClassVar[Any] = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("person on the staff")
        verbose_name_plural = _("people on the staff")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["organisation", "number"], name="registry_staff_school"),
            models.Index(fields=["recruited_on"], name="registry_staff_recruited"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["resident_id_key"],
                condition=~Q(resident_id_key=""),
                name="registry_staff_number_once",
            ),
            CheckConstraint(
                condition=Q(recruited_as__in=Employment.values)
                & Q(qualification__in=["", *Qualification.values])
                & Q(sex__in=["", "1", "2"]),
                name="registry_staff_choices",
            ),
            CheckConstraint(
                condition=Q(born_on=None)
                | (Q(born_on__lt=F("recruited_on")) & ~Q(teaching_since__lte=F("born_on"))),
                name="registry_staff_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StaffPostQuerySet(DatedQuerySet):
    """Posts."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the posts at the schools within their scope."""
        return self.filter(scope_q(user, "organisation__path"))


@tracked
class StaffPost(models.Model):
    """A post at a school from one day until before another.

    `level` is what it teaches or serves; a flexible post belongs to no establishment of its
    school and follows the need (REG-7).
    """

    person = models.ForeignKey(
        StaffMember,
        models.CASCADE,
        related_name="staff_posts",
        verbose_name=_("person on the staff"),
    )
    organisation = models.ForeignKey(
        "places.Organisation", models.PROTECT, related_name="staff_posts", verbose_name=_("school")
    )
    level = models.CharField(_("level"), max_length=16, choices=LEVELS)
    kind = models.CharField(_("kind of post"), max_length=8, choices=PostKind)
    employment = models.CharField(_("employment"), max_length=9, choices=Employment)
    subjects = ArrayField(
        models.CharField(max_length=12, choices=Subject), verbose_name=_("subjects"), default=list
    )
    class_teacher = models.BooleanField(_("class teacher"), default=False)
    flexible = models.BooleanField(_("flexible post"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("ended on"), null=True, blank=True)

    objects: ClassVar[Any] = StaffPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post at a school")
        verbose_name_plural = _("posts at schools")
        ordering = ["-valid_from", "pk"]
        indexes = [
            models.Index(fields=["organisation", "valid_from"], name="registry_post_school"),
            models.Index(fields=["person", "-valid_from"], name="registry_post_person"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=PostKind.values)
                & Q(employment__in=Employment.values)
                & Q(level__in=[level for level, _name in LEVELS])
                & Q(subjects__contained_by=Subject.values),
                name="registry_post_choices",
            ),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="registry_post_dates",
            ),
            CheckConstraint(
                condition=Q(kind=PostKind.TEACHER) | Q(class_teacher=False),
                name="registry_post_class_teacher",
            ),
            ExclusionConstraint(
                name="registry_post_one_permanent_a_day",
                expressions=[
                    (one_key(F("person_id")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(employment=Employment.PERMANENT),
            ),
            ExclusionConstraint(
                name="registry_post_once_a_day",
                expressions=[
                    (one_key(F("person_id")), RangeOperators.OVERLAPS),
                    (one_key(F("organisation_id")), RangeOperators.OVERLAPS),
                    (days(), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = staff_guards.of_a_post()

    def __str__(self) -> str:
        return f"{self.person} {self.organisation} {self.valid_from}"
