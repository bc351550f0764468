"""The act around a round: the public event, contributions, frozen lists, and who did what."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.admissions.models import (
    act_guards,
    answer_guards,
    application_guards,
    seat_guards,
    second_guards,
)
from junheng.admissions.models.rounds import Round, RoundInput
from junheng.commons.history import tracked
from junheng.commons.models.guards import never_changes
from junheng.commons.sealing import SealedTextField

SHA256_LENGTH = 64


@tracked
class PublicEvent(models.Model):
    """What nobody can foresee or steer, named before: its figures give the seed."""

    round = models.OneToOneField(
        Round, models.CASCADE, primary_key=True, related_name="event", verbose_name=_("round")
    )
    name = models.CharField(_("public event"), max_length=200)
    how_written = models.TextField(_("how its figures are written"))
    example = models.CharField(_("example"), max_length=100)
    takes_place_at = models.DateTimeField(_("takes place at"))
    contributions_until = models.DateTimeField(_("contributions until"))
    figures = models.CharField(_("figures"), max_length=100, blank=True, default="")
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("public event")
        verbose_name_plural = _("public events")
        constraints = [
            models.CheckConstraint(
                condition=Q(contributions_until__lte=models.F("takes_place_at")),
                name="event_after_contributions",
            ),
            models.CheckConstraint(
                condition=Q(figures="", entered_at=None)
                | ~Q(figures="") & Q(entered_at__isnull=False),
                name="event_entered_with_time",
            ),
        ]
        triggers = act_guards.events_are_named_before()

    def __str__(self) -> str:
        return self.name


class Contribution(models.Model):
    """Words that a parent gives towards the seed: sealed until the event is known.

    `commitment` is the SHA-256 of `id|words`; it is public at once, so that nobody can change
    the words afterwards, and all are opened together, so that nobody can hold theirs back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round, models.PROTECT, related_name="contributions", verbose_name=_("round")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    words = SealedTextField(_("sealed words"), bound_to="id")
    commitment = models.CharField(_("commitment"), max_length=SHA256_LENGTH)
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("collected by")
    )
    collected_at = models.DateTimeField(_("collected at"), auto_now_add=True)
    opened = models.TextField(_("words"), blank=True, default="")
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="contribution_number_once")
        ]
        triggers = act_guards.contributions_stay_sealed()


class FrozenList(models.Model):
    """The list that is drawn from; a later version corrects a published round, with a reason."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="lists", verbose_name=_("round"))
    version = models.PositiveSmallIntegerField(_("version"))
    input = models.ForeignKey(RoundInput, models.PROTECT, related_name="+", verbose_name=_("input"))
    list_sha256 = models.CharField(_("fingerprint of the list"), max_length=SHA256_LENGTH)
    content = models.JSONField(_("what the fingerprint is of"))
    reason = models.TextField(_("reason"), blank=True)
    approval = models.ForeignKey(
        "commons.Approval", models.PROTECT, related_name="+", verbose_name=_("approval")
    )
    frozen_at = models.DateTimeField(_("frozen at"), auto_now_add=True)

    class Meta:
        verbose_name = _("frozen list")
        verbose_name_plural = _("frozen lists")
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="frozen_list_version_once")
        ]
        triggers = [
            never_changes("frozen_list"),
            *act_guards.lists_are_frozen_in_turn(),
            application_guards.lists_are_frozen_when_all_is_settled(),
            seat_guards.no_correction_after_decisions(),
            second_guards.lists_hold_nobody_seated(),
            answer_guards.lists_with_answers_after_the_period(),
        ]


class RoundAct(models.Model):
    """One line of the round's log: what was done, by whom, with whom, and the figures of it."""

    class Deed(models.TextChoices):
        """What can be done in a round."""

        MADE = "made", pgettext_lazy("round", "made")
        PLANNED = "planned", pgettext_lazy("round", "plan changed")
        LOADED = "loaded", pgettext_lazy("round", "files loaded")
        NAMED = "named", pgettext_lazy("round", "public event named")
        OPENED = "opened", pgettext_lazy("round", "opened")
        CONTRIBUTED = "contributed", pgettext_lazy("round", "contribution taken in")
        FROZEN = "frozen", pgettext_lazy("round", "list frozen")
        DRAWN = "drawn", pgettext_lazy("round", "event entered, seed made")
        RUN = "run", pgettext_lazy("round", "run with the seed")
        PUBLISHED = "published", pgettext_lazy("round", "result published")
        ASKED = "asked", pgettext_lazy("round", "families asked about offers")
        CORRECTED = "corrected", pgettext_lazy("round", "list corrected")
        SUPERSEDED = "superseded", pgettext_lazy("round", "result superseded")
        PACK = "pack", pgettext_lazy("round", "access to the pack set")
        MATERIALS = "materials", pgettext_lazy("round", "list of papers published")
        CONTACT = "contact", pgettext_lazy("round", "telephones and counters changed")
        FOLLOWED = "followed", pgettext_lazy("round", "second round made")
        CLOSED = "closed", pgettext_lazy("round", "closed")

    round = models.ForeignKey(Round, models.CASCADE, related_name="acts", verbose_name=_("round"))
    deed = models.CharField(_("what"), max_length=12, choices=Deed)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("second person"),
    )
    figures = models.JSONField(_("figures"), default=dict)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("act of a round")
        verbose_name_plural = _("acts of a round")
        indexes = [models.Index(fields=["round", "at", "id"], name="round_act_at")]
        triggers = [never_changes("round_act")]
