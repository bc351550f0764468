"""What runs of a round decided. Rows are written once, while their run works, and stay."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from junheng.admissions.models.act_guards import official_runs_take_the_frozen_list
from junheng.admissions.models.guards import none_above_its_seats, only_while_the_run_works
from junheng.admissions.models.inputs import RoundApplicant, RoundSchool
from junheng.admissions.models.querysets import PlacementQuerySet, RoundRunQuerySet, SchoolQuerySet
from junheng.admissions.models.rounds import CODE_LENGTH, Round, RoundInput
from junheng.commons.models.guards import never_changes


class RoundRun(models.Model):
    """A run of a round: which tables it took, and whether it is only a rehearsal."""

    run = models.OneToOneField(
        "commons.Run",
        models.PROTECT,
        primary_key=True,
        related_name="admissions",
        verbose_name=_("run"),
    )
    round = models.ForeignKey(Round, models.PROTECT, related_name="runs", verbose_name=_("round"))
    input = models.ForeignKey(
        RoundInput, models.PROTECT, related_name="runs", verbose_name=_("input")
    )
    rehearsal = models.BooleanField(_("rehearsal"))

    objects: ClassVar[Any] = RoundRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a round")
        verbose_name_plural = _("runs of a round")
        triggers = [never_changes("round_run"), official_runs_take_the_frozen_list()]


class RunOutcome(models.Model):
    """Figures of a finished run for its pages, and what the independent check said."""

    run = models.OneToOneField(
        RoundRun, models.PROTECT, primary_key=True, related_name="outcome", verbose_name=_("run")
    )
    figures = models.JSONField(_("figures"))
    flows = models.JSONField(_("diverted flows"))
    checks = models.JSONField(_("independent check"))

    class Meta:
        verbose_name = _("outcome of a run")
        verbose_name_plural = _("outcomes of runs")
        triggers = [never_changes("run_outcome")]


WITH_A_SEAT = ["choice", "zone", "diverted", "offered", "moved"]
"""How a child can have come to a seat."""


class SchoolResult(models.Model):
    """What a run gave a school."""

    run = models.ForeignKey(RoundRun, models.PROTECT, related_name="schools", verbose_name=_("run"))
    school = models.ForeignKey(
        RoundSchool, models.PROTECT, related_name="results", verbose_name=_("school")
    )
    seats = models.PositiveIntegerField(_("seats"))
    placed_by_list = models.PositiveIntegerField(_("seated by list"))
    diverted_in = models.PositiveIntegerField(_("diverted here"))
    moved_out = models.PositiveIntegerField(_("moved elsewhere"), default=0)
    free = models.PositiveIntegerField(_("free seats"))
    refused = models.PositiveIntegerField(_("asked in vain"))
    last_key = models.TextField(_("last key"), blank=True)
    price_m = models.PositiveIntegerField(_("price in metres"), null=True)
    path = models.TextField(_("path"), db_collation="C")

    objects: ClassVar[Any] = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a school")
        verbose_name_plural = _("results of schools")
        constraints = [
            models.UniqueConstraint(fields=["run", "school"], name="school_result_once"),
            models.CheckConstraint(
                condition=Q(free=F("seats") - F("placed_by_list") - F("diverted_in")),
                name="school_result_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(moved_out=0) | Q(moved_out=F("placed_by_list"), diverted_in=0),
                name="school_result_moves_whole",
            ),
        ]
        triggers = [never_changes("school_result"), only_while_the_run_works("school_result")]


class Placement(models.Model):
    """Where a run seated a child, or that it found no seat; every order of the list is an index.

    `path` is where the child lives and `school_path` where it goes: both may look. Tickets
    compare by `ticket_order`; `place_in_order` is the place among those seated at the school,
    those diverted there after those on its list.
    """

    class How(models.TextChoices):
        """How a child came to its seat, as in the format."""

        CHOICE = "choice", _("own choice")
        ZONE = "zone", _("zone school")
        DIVERTED = "diverted", _("diverted")
        OFFERED = "offered", _("chosen from an offer")
        MOVED = "moved", _("moved with the grade")
        UNPLACED = "unplaced", _("no seat")

    run = models.ForeignKey(
        RoundRun, models.PROTECT, related_name="placements", db_index=False, verbose_name=_("run")
    )
    applicant = models.ForeignKey(
        RoundApplicant, models.PROTECT, related_name="placements", verbose_name=_("child")
    )
    school = models.ForeignKey(
        RoundSchool,
        models.PROTECT,
        null=True,
        related_name="placements",
        db_index=False,
        verbose_name=_("school"),
    )
    code = models.CharField(_("child's code"), max_length=CODE_LENGTH, db_collation="C")
    how = models.CharField(_("how"), max_length=10, choices=How)
    list_rank = models.PositiveSmallIntegerField(_("place in the list"), null=True)
    tier = models.PositiveIntegerField(_("tier"))
    ticket = models.TextField(_("ticket"))
    ticket_order = models.PositiveIntegerField(_("order of the ticket"))
    distance_m = models.PositiveIntegerField(_("distance in metres"), null=True)
    place_in_order = models.PositiveIntegerField(_("place in the school's order"), null=True)
    path = models.TextField(_("path"), db_collation="C")
    school_path = models.TextField(_("school's path"), blank=True, db_collation="C")

    objects: ClassVar[Any] = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["run", "code"], name="placement_once"),
            models.UniqueConstraint(
                fields=["run", "school", "place_in_order"], name="placement_order_once"
            ),
            models.CheckConstraint(
                condition=Q(how="unplaced", school=None, place_in_order=None)
                | (Q(how__in=WITH_A_SEAT, school__isnull=False) & Q(place_in_order__gte=1)),
                name="placement_seat_or_none",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["choice", "zone"], list_rank__gte=1)
                | Q(how__in=["diverted", "offered", "unplaced"], list_rank=None)
                | (Q(how="moved") & (Q(list_rank=None) | Q(list_rank__gte=1))),
                name="placement_rank_by_list",
            ),
        ]
        indexes = [
            models.Index(fields=["run", "how", "code"], name="placement_how"),
            models.Index(fields=["run", "tier", "code"], name="placement_tier"),
            models.Index(fields=["run", "list_rank", "code"], name="placement_rank"),
            models.Index(fields=["run", "ticket_order", "code"], name="placement_ticket"),
            models.Index(fields=["run", "distance_m", "code"], name="placement_distance"),
            models.Index(fields=["run", "path"], name="placement_path"),
            models.Index(fields=["run", "school_path"], name="placement_school_path"),
        ]
        triggers = [
            never_changes("placement"),
            only_while_the_run_works("placement"),
            none_above_its_seats(),
        ]


class PlacementReasons(models.Model):
    """Why a placement is as it is: its line of `explanations.jsonl`."""

    placement = models.OneToOneField(
        Placement, models.PROTECT, primary_key=True, related_name="reasons"
    )
    body = models.TextField(_("reasons"))

    class Meta:
        verbose_name = _("reasons of a placement")
        verbose_name_plural = _("reasons of placements")
        triggers = [never_changes("placement_reasons")]
