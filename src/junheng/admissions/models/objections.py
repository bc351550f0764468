"""Objections of families to what was decided about their child, and the answers to them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import seat_guards
from junheng.admissions.models.applications import Application, _person
from junheng.admissions.models.querysets import ObjectionQuerySet
from junheng.admissions.models.rounds import Round
from junheng.commons.history import tracked
from junheng.commons.sealing import SealedTextField


@tracked
class Objection(models.Model):
    """What a family says against a result, in its words, and what the bureau answered: sealed."""

    class State(models.TextChoices):
        """Whether it is answered, and how."""

        OPEN = "open", pgettext_lazy("objection", "being looked into")
        UPHELD = "upheld", pgettext_lazy("objection", "upheld")
        REJECTED = "rejected", pgettext_lazy("objection", "not upheld")
        WITHDRAWN = "withdrawn", pgettext_lazy("objection", "taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("objection number"), max_length=20, unique=True)
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="objections", verbose_name=_("round")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="objections", verbose_name=_("application")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    words = SealedTextField(_("what the family says"), bound_to="id")
    began_at = models.DateTimeField(_("begun at"))
    raised_at = models.DateTimeField(_("raised at"))
    raised_by = _person(_("raised by"))
    answer = SealedTextField(_("answer"), bound_to="id", null=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = _person(_("answered by"))
    second = _person(_("second person"))
    satisfied = models.BooleanField(_("family is satisfied"), null=True, blank=True)
    remark = SealedTextField(_("what the family says of the answer"), bound_to="id", null=True)
    said_at = models.DateTimeField(_("said at"), null=True, blank=True)

    objects: ClassVar[Any] = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="open"), name="objection_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | Q(answer__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
                name="objection_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="upheld")
                | Q(second__isnull=False) & ~Q(second=F("answered_by")),
                name="objection_upheld_by_two",
            ),
            models.CheckConstraint(
                condition=Q(satisfied=None, said_at=None)
                | Q(state__in=["upheld", "rejected"], satisfied__isnull=False)
                & Q(said_at__isnull=False),
                name="objection_satisfied_with_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "state", "raised_at"], name="objection_state"),
            models.Index(fields=["round", "-raised_at", "-id"], name="objection_raised"),
        ]
        triggers = seat_guards.of_an_objection()

    def __str__(self) -> str:
        return self.number
