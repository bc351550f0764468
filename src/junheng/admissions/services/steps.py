"""The steps of the act that bind families: two people take each of them.

One admissions officer asks; the bureau's leader, or another officer of the same place, agrees.
Each step has a check (asked when somebody asks and again when somebody agrees), what it does,
and what the second person is shown.
"""

from __future__ import annotations

from django.db.models import Sum
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.facade import User
from junheng.admissions.models import Material, Placement, PlannedIntake, Round
from junheng.admissions.services import (
    calendar,
    enlisting,
    events,
    for_two,
    freezing,
    left_over,
    making,
    materials,
    packs,
    planning,
    private,
    publishing,
    telling,
    tiers,
)
from junheng.admissions.services.acts import (
    Deed,
    OutOfTurn,
    locked,
    log,
    matter_of,
    move,
    require,
)
from junheng.commons import approvals
from junheng.commons.models import Approval

State = Round.State
OPEN, FREEZE, DRAW, PUBLISH, CORRECT, PACK = (
    f"admissions.{deed}" for deed in ("open", "freeze", "draw", "publish", "correct", "pack")
)
TEXT_SHOWN = 600
Facts = for_two.Facts


def ask(
    kind: str, the_round: Round, *, by: User, reason: str = "", **payload: str | int
) -> Approval:
    """Ask for a step of a round; the second person is shown it with its facts.

    Raises:
        AlreadyAsked: If it waits already.
        OutOfTurn: If the round does not stand where the step begins.
        NotTheirs: If the person does not run rounds there.
        BadFigures: If the event's figures are not written as announced.
    """
    step = approvals.step_of(kind)
    return approvals.ask(
        kind,
        matter=matter_of(the_round),
        path=the_round.path,
        by=by,
        payload={"round": the_round.pk, **payload},
        reason=reason,
        title=f"{step.title} · {the_round.ref}",
        url=f"/rounds/{the_round.pk}/act/",
    )


def _round(approval: Approval) -> Round:
    return locked(approval.payload["round"])


# --- open ----------------------------------------------------------------------------------


def _check_open(approval: Approval) -> None:
    the_round = _round(approval)
    require(the_round, State.PLANNED)
    planning.require_plan(the_round)
    codes = the_round.plan.values_list("code", flat=True)
    private.require_lots(the_round, the_round.rules, codes)
    if not hasattr(the_round, "event"):
        raise OutOfTurn(_("Name the public event first: it gives the seed."))
    if the_round.event.takes_place_at <= timezone.now():
        raise OutOfTurn(_("The public event lies in the past. Name another one."))
    calendar.require_calendar(the_round)
    making.require_text(the_round)
    materials.require_rules(the_round)
    left_over.require_left(the_round)


def _open(approval: Approval) -> None:
    the_round = _round(approval)
    materials.fix_with_opening(the_round, by=approval.asked_by)
    tiers.announce_standard(the_round)
    move(the_round, State.OPEN)
    if the_round.second_of_id is not None:
        telling.tell_second(the_round)
    log(the_round, Deed.OPENED, by=approval.asked_by, second=approval.decided_by)


def _facts_open(approval: Approval) -> Facts:
    the_round = Round.objects.select_related("event").get(pk=approval.payload["round"])
    event = the_round.event
    plan = PlannedIntake.objects.filter(round=approval.payload["round"])
    yield _("Planned seats"), plan.aggregate(seats=Sum("seats"))["seats"] or 0
    yield _("Papers on the list"), Material.objects.filter(list__round=the_round).count()
    yield _("Public event"), event.name
    yield _("Its figures are written"), f"{event.how_written} ({event.example})"
    yield _("Takes place at"), localtime(event.takes_place_at)
    yield _("Contributions until"), localtime(event.contributions_until)
    yield _("Text of the rules"), Truncator(the_round.policy).chars(TEXT_SHOWN)


# --- freeze --------------------------------------------------------------------------------


def _check_freeze(approval: Approval) -> None:
    the_round = _round(approval)
    require(the_round, State.OPEN)
    loaded = freezing.require_list(the_round)
    planning.require_as_planned(the_round, loaded)
    enlisting.require_nobody_left(the_round, loaded)
    left_over.require_at_rest(the_round, loaded)
    if the_round.event.takes_place_at <= timezone.now():
        raise OutOfTurn(_("The public event has begun; the list had to be frozen before it."))
    if approval.payload["input"] != the_round.input_id:
        raise OutOfTurn(_("Other files were loaded since this was asked. Ask again."))


def _freeze(approval: Approval) -> None:
    the_round = _round(approval)
    frozen = freezing.freeze_list(the_round, freezing.require_list(the_round), approval)
    move(the_round, State.FROZEN)
    log(
        the_round,
        Deed.FROZEN,
        by=approval.asked_by,
        second=approval.decided_by,
        list=frozen.list_sha256,
    )


def _facts_list(approval: Approval) -> Facts:
    loaded = Round.objects.get(pk=approval.payload["round"]).inputs.get(
        pk=approval.payload["input"]
    )
    content = freezing.content_of(loaded)
    yield _("Fingerprint of the list"), freezing.fingerprint(content)
    yield _("Children"), loaded.summary["counts"]["children"]
    yield _("Schools"), loaded.summary["counts"]["schools"]
    yield _("Seats"), loaded.summary["counts"]["seats"]
    yield _("Loaded"), f"{localtime(loaded.loaded_at):%Y-%m-%d %H:%M} {loaded.loaded_by or ''}"


# --- draw ----------------------------------------------------------------------------------


def _check_draw(approval: Approval) -> None:
    the_round = _round(approval)
    require(the_round, State.FROZEN)
    events.require_figures(the_round.event, approval.payload["figures"])


def _draw(approval: Approval) -> None:
    the_round = _round(approval)
    seed = events.draw(the_round, approval.payload["figures"])
    log(
        the_round,
        Deed.DRAWN,
        by=approval.asked_by,
        second=approval.decided_by,
        figures=approval.payload["figures"],
        seed=seed,
    )


def _facts_draw(approval: Approval) -> Facts:
    the_round = Round.objects.select_related("event").get(pk=approval.payload["round"])
    yield _("Public event"), the_round.event.name
    yield _("Its figures are written"), the_round.event.how_written
    yield _("Figures entered"), approval.payload["figures"]
    yield _("Contributions that will be opened"), the_round.contributions.count()


# --- publish, correct ----------------------------------------------------------------------


def _check_publish(approval: Approval) -> None:
    the_round = _round(approval)
    require(the_round, State.RUN, State.PUBLISHED)
    publishing.publishable(the_round, approval.payload["run"])


def _publish(approval: Approval) -> None:
    publishing.publish(
        _round(approval),
        approval.payload["run"],
        by=approval.asked_by,
        second=_second(approval),
    )


def _second(approval: Approval) -> User:
    assert approval.decided_by is not None  # noqa: S101 -- an agreed one has its second person
    return approval.decided_by


def _facts_publish(approval: Approval) -> Facts:
    the_round = Round.objects.get(pk=approval.payload["round"])
    record = the_round.runs.select_related("run", "outcome").get(run__ref=approval.payload["run"])
    figures = record.outcome.figures
    yield _("Children"), figures["children"]
    for how in Placement.How:
        yield str(how.label), figures.get(how.value, 0)
    yield _("Fingerprint of the result"), record.run.result_sha256
    before = publishing.published_run(the_round)
    if before is not None and before != record:
        yield _("Supersedes"), before.run.ref


def _check_correct(approval: Approval) -> None:
    the_round = _round(approval)
    require(the_round, State.PUBLISHED)
    freezing.correction_of(the_round, approval.payload["input"])
    if not approval.reason.strip():
        raise OutOfTurn(_("A correction of a published list needs a reason."))


def _correct(approval: Approval) -> None:
    the_round = _round(approval)
    loaded = freezing.correction_of(the_round, approval.payload["input"])
    frozen = freezing.freeze_list(the_round, loaded, approval, reason=approval.reason)
    the_round.input, the_round.rules = loaded, the_round.rules or loaded.rules
    the_round.save(update_fields=["input", "rules"])
    log(
        the_round,
        Deed.CORRECTED,
        by=approval.asked_by,
        second=approval.decided_by,
        list=frozen.list_sha256,
        reason=approval.reason,
    )


# --- the pack ------------------------------------------------------------------------------


def _check_pack(approval: Approval) -> None:
    require(_round(approval), State.PUBLISHED, State.CLOSED)
    if approval.payload["access"] not in Round.PackAccess.values:
        raise OutOfTurn(_("There is no such access."))
    opens = approval.payload["access"] != Round.PackAccess.NOBODY
    if opens and packs.pack_of(_round(approval)) is None:
        raise OutOfTurn(_("The pack is still being made. Ask again in some minutes."))


def _pack(approval: Approval) -> None:
    the_round = _round(approval)
    the_round.pack_access = approval.payload["access"]
    the_round.save(update_fields=["pack_access"])
    log(
        the_round,
        Deed.PACK,
        by=approval.asked_by,
        second=approval.decided_by,
        access=the_round.pack_access,
    )


def _facts_pack(approval: Approval) -> Facts:
    yield _("Who may take the pack"), Round.PackAccess(approval.payload["access"]).label
    pack = packs.pack_of(Round.objects.get(pk=approval.payload["round"]))
    if pack is not None:
        yield _("Children"), pack.children
        yield _("Share what the pack says of them with fewer than 10 others"), pack.rare
        yield _("Share it with nobody"), pack.unique


# --- who, and in which order ---------------------------------------------------------------


def register() -> None:
    """Make the steps known to the pages of approvals."""
    for kind, title, check, carry_out, facts in (
        (OPEN, gettext_lazy("Open the round"), _check_open, _open, _facts_open),
        (FREEZE, gettext_lazy("Freeze the list"), _check_freeze, _freeze, _facts_list),
        (DRAW, gettext_lazy("Enter the event and make the seed"), _check_draw, _draw, _facts_draw),
        (PUBLISH, gettext_lazy("Publish the result"), _check_publish, _publish, _facts_publish),
        (CORRECT, gettext_lazy("Correct the list"), _check_correct, _correct, _facts_list),
        (PACK, gettext_lazy("Set who may take the pack"), _check_pack, _pack, _facts_pack),
    ):
        for_two.register(kind, title, check=check, carry_out=carry_out, facts=facts)
