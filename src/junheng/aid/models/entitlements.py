"""What a run of a term decided: who is entitled or undecided, and why for everybody."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import User, scope_q
from junheng.aid.models.posts import AT_SCHOOL, IN_CHARGE

SEES = IN_CHARGE | AT_SCHOOL
ADDED_WHILE_IT_WORKS = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT run_id FROM new_rows) AS wanted
        LEFT JOIN commons_run AS run ON run.id = wanted.run_id
        WHERE run.state IS DISTINCT FROM 'running'
    ) THEN
        RAISE EXCEPTION 'what a run decided is written while it works'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
GOES_WHEN_REPLACED = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT run_id FROM old_rows) AS wanted
        JOIN commons_run AS run ON run.id = wanted.run_id
        WHERE run.published_at IS NOT NULL AND run.superseded_at IS NULL
    ) THEN
        RAISE EXCEPTION 'what was decided and published is replaced, not deleted'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
_referencing: Any = pgtrigger.Referencing


def of_a_run(name: str) -> list[pgtrigger.Trigger]:
    """Rows are written by a run at work, never edited, and go only after another took over."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_added",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            referencing=_referencing(new="new_rows"),
            func=ADDED_WHILE_IT_WORKS,
        ),
        pgtrigger.Protect(name=f"{name}_never_changes", operation=pgtrigger.Update),
        pgtrigger.Trigger(
            name=f"{name}_replaced",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            referencing=_referencing(old="old_rows"),
            func=GOES_WHEN_REPLACED,
        ),
    ]


class OfARunQuerySet(models.QuerySet[Any]):
    """Rows that a run wrote."""

    def for_user(self, user: User) -> Self:
        """What somebody may see: the rows of people in their schools or counties."""
        return self.filter(scope_q(user, "path", SEES))

    def published(self, matter: str) -> Self:
        """Those of the run that counts for a term."""
        return self.filter(
            run__matter=matter, run__published_at__isnull=False, run__superseded_at=None
        )


class Entitlement(models.Model):
    """One person and one policy on a counting day: entitled with an amount, or undecided.

    Attributes:
        subject: A pupil of the register, or a beneficiary.
        path: Of the school, or of the county where there is none.
        answer: 0 for entitled, below 0 for undecided; see `engine.outcomes`.
        fen: None where it is undecided.
    """

    run = models.ForeignKey("commons.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    subject = models.UUIDField(_("subject"))
    path = models.TextField(_("path"), db_collation="C")
    policy = models.CharField(_("policy"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    for_day = models.DateField(_("counting day"))
    answer = models.SmallIntegerField(_("answer"))
    fen = models.BigIntegerField(_("amount in fen"), null=True)

    objects: ClassVar[Any] = OfARunQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            UniqueConstraint(
                fields=["run", "subject", "policy", "for_day"], name="aid_entitlement_once"
            ),
            CheckConstraint(
                condition=Q(answer=0, fen__gt=0) | Q(answer__lt=0, fen=None),
                name="aid_entitlement_amount",
            ),
        ]
        triggers = of_a_run("entitlement")

    def __str__(self) -> str:
        return f"{self.subject} {self.policy} {self.for_day}"


class DecidedDay(models.Model):
    """The policies that a run counted on a day, in the order of the answers."""

    run = models.ForeignKey("commons.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    day = models.DateField(_("counting day"))
    policies = models.JSONField(_("policies with their versions"))

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("counting day of a run")
        verbose_name_plural = _("counting days of a run")
        constraints = [UniqueConstraint(fields=["run", "day"], name="aid_decided_day_once")]
        triggers = of_a_run("decided_day")

    def __str__(self) -> str:
        return f"{self.run_id} {self.day}"


class PersonAnswers(models.Model):
    """Everything that was decided of a person on a counting day, and the facts it rests on.

    Attributes:
        facts: By name; one that nobody told is not in it.
        answers: A number for each policy of the day, in the order of `DecidedDay`.
    """

    run = models.ForeignKey("commons.Run", models.PROTECT, related_name="+", verbose_name=_("run"))
    subject = models.UUIDField(_("subject"))
    path = models.TextField(_("path"), db_collation="C")
    day = models.DateField(_("counting day"))
    facts = models.JSONField(_("facts"))
    answers = models.JSONField(_("answers"))

    objects: ClassVar[Any] = OfARunQuerySet.as_manager()

    class Meta:
        verbose_name = _("answers for a person")
        verbose_name_plural = _("answers for persons")
        constraints = [
            UniqueConstraint(fields=["subject", "run", "day"], name="aid_person_answers_once")
        ]
        triggers = of_a_run("person_answers")

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"
