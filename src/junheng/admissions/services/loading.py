"""From files that somebody sent to a round that can be run: kept, read, then loaded at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.files.layout import OFFER_CHOICES
from junheng.admissions.models import (
    Round,
    RoundApplicant,
    RoundChoice,
    RoundInput,
    RoundRun,
    RoundSchool,
    RoundUpload,
    RoundZone,
    RoundZoneSchool,
)
from junheng.admissions.services import planning, private
from junheng.admissions.services.acts import Deed, locked, log, require
from junheng.admissions.services.copying import copy_in, fresh_ids
from junheng.admissions.services.faults import fault_as_json
from junheng.admissions.services.freezing import latest_list, list_content
from junheng.admissions.services.given import require_answers_as_given
from junheng.admissions.services.reading import (
    Checked,
    Told,
    preview_of,
    read_round,
    rules_as_json,
    untold,
)
from junheng.admissions.snapshots.inputs import input_rows
from junheng.admissions.snapshots.whereabouts import whereabouts
from junheng.commons import runs
from junheng.commons.attempts import Breach, noting
from junheng.commons.models import Snapshot
from junheng.commons.refusals import Refusal
from junheng.kernel.faults import Fault, Refused
from junheng.places.facade import Place

KIND = "admissions.round"
ANSWERS = OFFER_CHOICES.name
FAULTS_SHOWN = 200
"""So many faults stand on the page; the error workbook has all of them."""
NOT_KEPT = ("schools", "tables", "rules", "seed")
"""Parts of a preview that the loaded tables hold themselves."""

State = RoundUpload.State
REPLACEABLE = (Round.State.PLANNED, Round.State.OPEN)


class ListIsFrozen(Breach):
    """The list of the round is frozen, so what was loaded stays."""


class AnnouncedStays(Breach):
    """The files bring other rules than those that were announced."""


class NotReady(Refusal):
    """The upload is not in a state in which it could be loaded."""


class NothingToUndo(Refusal):
    """Nothing is loaded, or it cannot be taken back any more."""


def receive(place: Place, files: Mapping[str, bytes], by: User | None) -> RoundUpload:
    """Keep the files as they came, before anything is made of them."""
    snapshot = runs.freeze(KIND, files)
    upload: RoundUpload = RoundUpload.objects.create(
        place=place, path=place.path, snapshot=snapshot, names=sorted(files), uploaded_by=by
    )
    return upload


def read_upload(upload_id: UUID, told: Told = untold) -> RoundUpload:
    """Find out what the files hold: a preview, or every fault; doing it again changes nothing."""
    upload: RoundUpload = RoundUpload.objects.select_related("snapshot").get(pk=upload_id)
    if upload.state != State.READING:
        return upload
    try:
        checked = read_round(runs.thaw(upload.snapshot), told=told)
    except Refused as refused:
        upload.state, upload.fault_count = State.REFUSED, len(refused.faults)
        upload.faults = [fault_as_json(fault) for fault in refused.faults[:FAULTS_SHOWN]]
    else:
        upload.state, upload.summary = State.READY, preview_of(checked)
    upload.save(update_fields=["state", "faults", "fault_count", "summary"])
    return upload


def faults_of(upload: RoundUpload) -> list[Fault]:
    """Every fault of the files, found again: only the first ones are kept."""
    try:
        read_round(runs.thaw(upload.snapshot))
    except Refused as refused:
        return refused.faults
    return []


def load_upload(upload_id: UUID, by: User | None, told: Told = untold) -> Round:
    """Make the files the round's input, all of it or nothing.

    Raises:
        NotReady: If the files were refused, dropped, or are still being read.
        ListIsFrozen, AnnouncedStays: If the round can take no such input.
        PrivateSchoolsDrawLots: If a private school would take children in some other way.
        NegativeSeats: If the plan has more seats taken somewhere than the files' class cap leaves.
    """
    upload = RoundUpload.objects.select_related("snapshot", "place").get(pk=upload_id)
    with noting("admissions.load", by=by, matter=str(upload_id), path=upload.path):
        return _load_upload(upload, by, told)


def _load_upload(upload: RoundUpload, by: User | None, told: Told) -> Round:
    if upload.state == State.LOADED and upload.round is not None:
        loaded: Round = upload.round
        return loaded
    if upload.state != State.READY:
        raise NotReady(_("These files cannot be loaded (%s).") % upload.get_state_display())
    checked = read_round(runs.thaw(upload.snapshot), told=told)
    with transaction.atomic():
        held = RoundUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if held.state != State.READY:
            return load_upload(upload.pk, by)
        loaded = load(upload.place, upload.snapshot, checked, by, told)
        held.state, held.round = State.LOADED, loaded
        held.save(update_fields=["state", "round"])
    return loaded


def drop_upload(upload: RoundUpload) -> None:
    """Say that the files are not wanted; they are not loaded any more."""
    RoundUpload.objects.filter(pk=upload.pk).exclude(state=State.LOADED).update(state=State.DROPPED)


def load(
    place: Place, snapshot: Snapshot, checked: Checked, by: User | None, told: Told = untold
) -> Round:
    """Write a checked round into the tables and make it the round's input, in one transaction."""
    rules = checked.round.rules
    with transaction.atomic():
        facts = {"path": place.path, "year": rules.year, "level": rules.level, "created_by": by}
        Round.objects.get_or_create(place=place, ref=rules.ref, defaults=facts)
        the_round: Round = Round.objects.select_for_update().get(place=place, ref=rules.ref)
        if the_round.input is not None and the_round.input.snapshot_id == snapshot.pk:
            return the_round
        require_replaceable(the_round)
        require_as_announced(the_round, rules_as_json(checked.round.rules))
        of_files = Round(place=place, year=rules.year, level=rules.level)
        private.require_lots(of_files, rules_as_json(rules), checked.round.schools.ids)
        told("loading", 0.6)
        the_round.input = _input_of(the_round, snapshot, checked, by)
        the_round.rules = the_round.input.rules
        the_round.year, the_round.level = rules.year, rules.level
        the_round.save()
        follow_cap_while_planned(the_round)
        log(the_round, Deed.LOADED, by=by, snapshot=snapshot.sha256)
        _prune(the_round)
        told("loading", 1.0)
    return the_round


def require_replaceable(the_round: Round) -> None:
    """Make sure that the round may take another input.

    Raises:
        ListIsFrozen: If its list is frozen.
    """
    if the_round.state not in REPLACEABLE:
        raise ListIsFrozen(
            _("The list of the round %(ref)s is frozen, so nothing else can be loaded.")
            % {"ref": the_round.ref}
        )


def follow_cap_while_planned(the_round: Round) -> None:
    """A plan that is not announced yet goes with the rules that are loaded."""
    if the_round.state == Round.State.PLANNED:
        planning.follow_cap(the_round)


def require_as_announced(the_round: Round, rules: Mapping[str, Any]) -> None:
    """Make sure that files of an open round keep to what was announced.

    Which run families answered to is no rule: it is known once that run is published.

    Raises:
        AnnouncedStays: If they bring another year, level or rule, or answers to no published run.
    """
    if the_round.state == Round.State.PLANNED:
        return
    require_answers_to_a_published_run(the_round, rules)
    same = (rules["year"], rules["level"]) == (the_round.year, the_round.level)
    announced = {**rules, "first_run": the_round.rules.get("first_run", "")}
    if not same or (the_round.rules and announced != the_round.rules):
        raise AnnouncedStays(
            _("These files bring other rules than those announced for the round %s.")
            % the_round.ref
        )


def require_answers_to_a_published_run(the_round: Round, rules: Mapping[str, Any]) -> None:
    """Make sure that answers to offers name the run that made the offers.

    Raises:
        AnnouncedStays: If no published run of the round has that receipt.
    """
    named = rules.get("first_run", "")
    published = RoundRun.objects.filter(round=the_round, run__published_at__isnull=False)
    if named and not published.filter(run__receipt_sha256=named).exists():
        raise AnnouncedStays(
            _(
                "These answers name a first run that was not published. Write first_run with the "
                "fingerprint of the receipt that the public page shows."
            )
        )


def require_nothing_but_answers(the_round: Round, checked: Checked) -> None:
    """Make sure that a list with answers to offers differs from the frozen one in nothing else.

    Raises:
        AnnouncedStays: If another table differs; it says which.
    """
    frozen = latest_list(the_round)
    if frozen is None or not checked.round.rules.first_run:
        return
    before, now = frozen.content["tables"], list_content(checked)["tables"]
    names = (before.keys() | now.keys()) - {ANSWERS}
    other = sorted(name for name in names if before.get(name) != now.get(name))
    if other:
        raise AnnouncedStays(
            _("Answers come with the list as it was frozen. These tables differ from it: %s.")
            % ", ".join(other)
        )


def answers_in(checked: Checked) -> dict[str, list[str]]:
    """The answers that files bring: schools by the child's code, best first."""
    cells = checked.inputs.cells.get(ANSWERS)
    if cells is None:
        return {}
    columns = (cells.columns[name] for name in ("applicant_id", "rank", "school_id"))
    found: dict[str, list[str]] = {}
    for child, _rank, school in sorted(zip(*columns, strict=True), key=lambda r: (r[0], int(r[1]))):
        found.setdefault(child, []).append(school)
    return found


def can_undo(the_round: Round) -> bool:
    """Whether there is something to go back to and nothing that stands in the way."""
    if _before(the_round) is None:
        return False
    try:
        require_replaceable(the_round)
    except Refusal:
        return False
    return True


def load_correction(upload: RoundUpload, by: User) -> RoundInput:
    """Load files beside the frozen list of a published round; they wait for two people's yes.

    Raises:
        NotReady: If the files were refused, dropped, or loaded already.
        OutOfTurn: If there is no such round, or it is not published.
        AnnouncedStays: If they bring other rules.
    """
    checked = read_round(runs.thaw(upload.snapshot))
    ref = checked.round.rules.ref
    with noting("admissions.correct", by=by, matter=ref, path=upload.path), transaction.atomic():
        held = RoundUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
        if held.state != State.READY:
            raise NotReady(_("These files cannot be loaded (%s).") % held.get_state_display())
        the_round = Round.objects.select_for_update(of=("self",)).get(
            place=upload.place_id, ref=ref
        )
        require(the_round, Round.State.PUBLISHED)
        require_as_announced(the_round, rules_as_json(checked.round.rules))
        require_nothing_but_answers(the_round, checked)
        require_answers_as_given(the_round, checked.round.rules.first_run, answers_in(checked))
        made = _input_of(the_round, upload.snapshot, checked, by)
        held.state, held.round = State.LOADED, the_round
        held.save(update_fields=["state", "round"])
    return made


def _before(the_round: Round) -> RoundInput | None:
    earlier: RoundInput | None = (
        the_round.inputs.filter(pk__lt=the_round.input_id or 0).order_by("-pk").first()
    )
    return earlier


def undo_loading(the_round: Round) -> None:
    """Go back to what was loaded before; nothing that ran is lost.

    Raises:
        NothingToUndo: If nothing was loaded before.
        ListIsFrozen: If the list is frozen.
    """
    with transaction.atomic():
        held = locked(the_round.pk)
        require_replaceable(held)
        earlier = _before(held)
        if earlier is None:
            raise NothingToUndo(_("Nothing was loaded before this."))
        held.input, held.rules = earlier, earlier.rules
        held.save(update_fields=["input", "rules"])
        follow_cap_while_planned(held)


def _input_of(
    the_round: Round, snapshot: Snapshot, checked: Checked, by: User | None
) -> RoundInput:
    """The same files are loaded once; loading them again goes back to those rows."""
    known = the_round.inputs.filter(snapshot=snapshot).first()
    if known is not None:
        return known
    made: RoundInput = the_round.inputs.create(
        snapshot=snapshot,
        rules=rules_as_json(checked.round.rules),
        seed=checked.seed,
        summary={k: v for k, v in preview_of(checked).items() if k not in NOT_KEPT},
        content=list_content(checked),
        loaded_by=by,
    )
    where = whereabouts(the_round.path)
    copy_in(input_rows(checked.round, where, input_id=made.pk, numbers=fresh_ids))
    return made


def _prune(the_round: Round) -> None:
    """Forget what was loaded and never run, but for the present input and the one before."""
    kept = the_round.inputs.order_by("-pk").values_list("pk", flat=True)[:2]
    ran = RoundRun.objects.filter(round=the_round).values("input")
    idle = the_round.inputs.exclude(pk__in=[*kept, the_round.input_id]).exclude(pk__in=ran)
    for old in idle:
        for rows in (
            RoundChoice.objects.filter(applicant__input=old),
            RoundApplicant.objects.filter(input=old),
            RoundZoneSchool.objects.filter(zone__input=old),
            RoundZone.objects.filter(input=old),
            RoundSchool.objects.filter(input=old),
        ):
            # no row points at these, so collecting 100,000 of them first would be in vain
            rows._raw_delete(rows.db)
        old.delete()
