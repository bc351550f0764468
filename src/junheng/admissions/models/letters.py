"""Admission letters: what they say, which there are, and what was printed of them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import letter_guards
from junheng.admissions.models.acts import SHA256_LENGTH
from junheng.admissions.models.applications import Application
from junheng.admissions.models.inputs import RoundSchool
from junheng.admissions.models.querysets import LetterQuerySet
from junheng.admissions.models.results import Placement, RoundRun
from junheng.admissions.models.rounds import CODE_LENGTH, Round
from junheng.admissions.models.seats import SeatDecision
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes


def _person(words: Any, *, null: bool = False) -> Any:
    """Whoever did something to a letter."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=words, null=null
    )


@tracked
class RoundPapers(models.Model):
    """What the letters and the public notice of a round say besides names."""

    round = models.OneToOneField(
        Round, models.CASCADE, primary_key=True, related_name="papers", verbose_name=_("round")
    )
    check_in_when = models.CharField(_("time of check-in"), max_length=120, blank=True)
    bring = models.TextField(_("what to bring"), max_length=400, blank=True)
    contact = models.CharField(_("questions to"), max_length=120, blank=True)
    notice_from = models.DateField(_("posted from"), null=True, blank=True)
    notice_until = models.DateField(_("posted until"), null=True, blank=True)
    objections = models.CharField(_("objections to"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("round papers")
        verbose_name_plural = _("papers of rounds")
        constraints = [
            models.CheckConstraint(
                condition=Q(notice_from=None, notice_until=None)
                | Q(notice_from__isnull=False, notice_until__isnull=False)
                & Q(notice_until__gte=F("notice_from"))
                & ~Q(objections=""),
                name="notice_days_and_objections",
            )
        ]


@tracked
class CheckInDesk(models.Model):
    """Where a school receives its new children; what is blank stands as the round says it."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="desks", verbose_name=_("round"))
    code = models.CharField(_("code"), max_length=CODE_LENGTH, db_collation="C")
    when = models.CharField(_("time of check-in"), max_length=120, blank=True)
    where = models.CharField(_("place of check-in"), max_length=120, blank=True)
    contact = models.CharField(_("questions to"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("check-in desk")
        verbose_name_plural = _("check-in desks")
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="check_in_desk_once"),
        ]


@tracked
class Letter(models.Model):
    """The paper that tells a family its child's seat: one that is valid per child, kept for ever.

    It stays valid when a corrected result leaves the child where it is.
    """

    class End(models.TextChoices):
        """Why a letter is not valid any more."""

        REVOKED = "revoked", pgettext_lazy("letter", "revoked")
        SUPERSEDED = "superseded", pgettext_lazy("letter", "superseded")

    number = models.CharField(_("letter number"), max_length=20, unique=True)
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="letters", verbose_name=_("round")
    )
    run = models.ForeignKey(RoundRun, models.PROTECT, related_name="letters", verbose_name=_("run"))
    placement = models.ForeignKey(
        Placement, models.PROTECT, null=True, related_name="letters", verbose_name=_("placement")
    )
    decision = models.ForeignKey(
        SeatDecision,
        models.PROTECT,
        null=True,
        related_name="letters",
        verbose_name=_("seat decision"),
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="letters", verbose_name=_("application")
    )
    school = models.ForeignKey(
        RoundSchool, models.PROTECT, related_name="letters", verbose_name=_("school")
    )
    school_path = models.TextField(_("school's path"), db_collation="C")
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = _person(_("issued by"))
    end = models.CharField(_("end"), max_length=10, choices=End, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = _person(_("revoked by"), null=True)
    revoked_why = models.CharField(_("reason"), max_length=200, blank=True)

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission letter")
        verbose_name_plural = _("admission letters")
        constraints = [
            models.UniqueConstraint("application", condition=Q(end=""), name="letter_one_valid"),
            models.CheckConstraint(
                condition=Q(end="", revoked_at=None, revoked_by=None, revoked_why="")
                | Q(
                    end__in=["revoked", "superseded"],
                    revoked_at__isnull=False,
                    revoked_by__isnull=False,
                )
                & ~Q(revoked_why=""),
                name="letter_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(placement=None, decision__isnull=False)
                | Q(placement__isnull=False, decision=None),
                name="letter_of_one_seat",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "number"], name="letter_round_number"),
            models.Index(fields=["round", "school_path"], name="letter_school"),
            models.Index(fields=["issued_at"], name="letter_issued"),
        ]
        triggers = letter_guards.of_a_letter()

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> str:
        """Whether it is valid, or how it ended."""
        return self.end or "valid"


class LetterPrint(models.Model):
    """One file of letters that was made: by whom, when, how many, and why again.

    Without a school it is the bundle of all schools' files that one job made. `task` is the
    job, so that one which is done twice prints a school once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="prints", verbose_name=_("round"))
    school = models.ForeignKey(
        RoundSchool, models.PROTECT, null=True, related_name="+", verbose_name=_("school")
    )
    school_path = models.TextField(_("school's path"), blank=True, db_collation="C")
    letters = models.PositiveIntegerField(_("letters"))
    again = models.PositiveIntegerField(_("of these printed before"), default=0)
    by_hand = models.PositiveIntegerField(_("with a character to write by hand"), default=0)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10)
    sha256 = models.CharField(_("fingerprint"), max_length=SHA256_LENGTH)
    task = models.UUIDField(_("job"), null=True)
    by = _person(_("printed by"))
    at = models.DateTimeField(_("printed at"))

    objects: ClassVar[Any] = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter print")
        verbose_name_plural = _("letter prints")
        constraints = [
            models.UniqueConstraint(fields=["task", "school"], name="letter_print_once_per_task"),
            models.UniqueConstraint(
                fields=["task"], condition=Q(school=None), name="letter_print_one_bundle"
            ),
            models.CheckConstraint(
                condition=Q(again=0) | ~Q(reason=""), name="letter_print_again_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(letters__gte=1, again__lte=F("letters")), name="letter_print_counts"
            ),
        ]
        indexes = [models.Index(fields=["round", "-at"], name="letter_print_at")]
        triggers = [never_changes("letter_print")]


class PrintedLetter(models.Model):
    """A letter in a print, and the how-manieth copy of it that was."""

    print = models.ForeignKey(
        LetterPrint, models.PROTECT, related_name="printed", verbose_name=_("letter print")
    )
    letter = models.ForeignKey(
        Letter, models.PROTECT, related_name="printed", verbose_name=_("admission letter")
    )
    copy = models.PositiveSmallIntegerField(_("copy"))

    class Meta:
        verbose_name = _("printed letter")
        verbose_name_plural = _("printed letters")
        constraints = [
            models.UniqueConstraint(fields=["letter", "copy"], name="printed_copy_once"),
            models.UniqueConstraint(fields=["print", "letter"], name="printed_letter_once"),
            models.CheckConstraint(condition=Q(copy__gte=1), name="printed_copy_from_one"),
        ]
        triggers = [never_changes("printed_letter")]
