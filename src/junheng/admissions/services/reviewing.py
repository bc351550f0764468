"""A reviewer settles what the registers could not, and a family answers what it was asked, once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.engine import statement as stated
from junheng.admissions.engine.statement import Need, Proof, Statement
from junheng.admissions.engine.verification import Code, Reason
from junheng.admissions.models import Application, PlannedIntake, Round, Verification
from junheng.admissions.selectors.lotteries import lotteries_of
from junheng.admissions.services import review_cases
from junheng.admissions.services.applications import child_key, statement_of
from junheng.admissions.services.applying import OF_THE_ZONE
from junheng.admissions.services.one_application import require_only_one
from junheng.admissions.services.telling import tell_outcome
from junheng.admissions.services.verifying import claim_house, rules_content, rules_of
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.kernel.canonical import canonical_json
from junheng.places.facade import Place
from junheng.registry.facade import zones_of

State = Application.State
DECISIONS = (State.PASSED, State.ASKED, State.REFUSED)


class NotWithAReviewer(Refusal):
    """The application is not where a person could settle it."""


class Incomplete(Refusal):
    """The decision lacks something."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a child with a disability needs, as a committee or clinic found.

    Attributes:
        school: Code of the school that suits the child; it stands first on its list.
        by, on: Who assessed it, and when.
    """

    school: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decides.

    Attributes:
        outcome: `passed`, `asked` or `refused`.
        words: Why, or what is missing, all of it at once; the family reads it.
        tier, zone: Where it passes.
        sibling_school: Code of the confirmed school of an older child, blank for none.
        assessment: What the school follows from, for a child with a disability that passes.
    """

    outcome: str
    words: str
    tier: int | None = None
    zone: str = ""
    sibling_school: str = ""
    assessment: Assessment | None = None


def decide_by_person(application: Application, decision: Decision, *, by: User) -> Verification:
    """Settle an application by a person, with words that the family reads.

    Raises:
        NotWithAReviewer: If it is withdrawn, passed already, or its list is frozen.
        Incomplete: If a tier or zone of the round is missing, or the words are.
    """
    with transaction.atomic(), reason(decision.words):
        held: Application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("round__place")
            .get(pk=application.pk)
        )
        _require(held, decision)
        content = rules_content(held.round)
        found: Verification = Verification.objects.create(
            application=held,
            outcome=decision.outcome,
            tier=decision.tier if decision.outcome == State.PASSED else None,
            zone=decision.zone,
            reasons=_reasons(held, decision),
            rules_sha256=hashlib.sha256(canonical_json(content)).hexdigest(),
            by=by,
            words=decision.words,
            at=timezone.now(),
        )
        _move(held, decision, found)
        tell_outcome(held, found)
    return found


def _require(held: Application, decision: Decision) -> None:
    if held.round.state != Round.State.OPEN:
        raise NotWithAReviewer(_("The list of this round is frozen. Correct it by a correction."))
    if held.channel == Application.Channel.ROSTER or held.state not in (
        *(State.REVIEW, State.CHECKING, State.ASKED, State.REFUSED),
    ):
        raise NotWithAReviewer(
            _("The application is in the state “%s”, so a reviewer has nothing to settle.")
            % held.get_state_display()
        )
    if decision.outcome not in DECISIONS or not decision.words.strip():
        raise Incomplete(_("Say in a sentence why: the family reads it."))
    if decision.outcome == State.PASSED:
        _require_seat(held, decision)


def _require_seat(held: Application, decision: Decision) -> None:
    if decision.tier not in {tier.number for tier in rules_of(held.round).tiers}:
        raise Incomplete(_("Choose a group of the round's rules."))
    if decision.zone not in zones_to_choose(held.round):
        raise Incomplete(_("Choose a zone of the county."))
    _require_assessment(held, decision.assessment)
    known = PlannedIntake.objects.filter(round=held.round, code=decision.sibling_school)
    if decision.sibling_school and not known.exists():
        raise Incomplete(_("The school of the brother or sister is none of the round."))


def _require_assessment(held: Application, made: Assessment | None) -> None:
    told = statement_of(held)
    if told is None or Need.ASSESSMENT not in told.child.needs:
        return
    if made is None:
        raise Incomplete(
            _("Say who assessed what the child needs, when, and which school follows from it.")
        )
    if made.school not in schools_to_assess_for(held.round):
        raise Incomplete(_("Choose a school of the round that is not open by lottery."))
    if made.on > timezone.localdate():
        raise Incomplete(_("The assessment lies in the future: write the day on which it was."))


def _reasons(held: Application, decision: Decision) -> list[dict[str, Any]]:
    """What the family reads beside the words; of an assessment who, when and which school."""
    made = decision.assessment
    if made is None or decision.outcome != State.PASSED:
        return []
    school = schools_to_assess_for(held.round)[made.school]
    figures = {"by": made.by, "on": made.on.isoformat(), "school": school}
    return [asdict(Reason(Code.ASSESSED, figures))]


def schools_to_assess_for(the_round: Round) -> dict[str, str]:
    """Schools of the round's plan by code, with their names; none that is open by lottery."""
    drawn = lotteries_of(the_round)
    rows = PlannedIntake.objects.filter(round=the_round).order_by("township", "name", "code")
    return {
        code: name or code for code, name in rows.values_list("code", "name") if code not in drawn
    }


def zones_to_choose(the_round: Round) -> dict[str, str]:
    """Zones of the round's county by code, with their names."""
    day = date(the_round.year, 9, 1)
    rows = zones_of(the_round.place, on=day, level=the_round.level)
    return {zone.code: zone.name for zone in rows}


def _move(held: Application, decision: Decision, found: Verification) -> None:
    if held.state != State.REVIEW:  # every way to a person's decision leads through the review
        held.state = State.REVIEW
        held.save(update_fields=["state"])
    held.state, held.zone = decision.outcome, decision.zone
    if decision.outcome == State.PASSED:
        held.tier, held.decided_at, held.by_person = decision.tier, found.at, True
        held.sibling_school = decision.sibling_school
        if decision.assessment is not None:
            _follow(held, decision.assessment)
    held.save(update_fields=["state", "zone", "tier", "decided_at", "by_person", *CHOSEN])
    review_cases.settle_for(held, decision.outcome, decision.words, found.by)
    told = statement_of(held)
    if decision.outcome == State.PASSED and told and Proof.HOUSE in told.home.claims:
        claim_house(held, told)


CHOSEN = ("sibling_school", "wishes", "group")


def _follow(held: Application, made: Assessment) -> None:
    """Put the school of an assessment first; where the zone leads there anyway, nothing changes.

    Twins who were to stay together have one list, so a child that goes elsewhere is untied.
    """
    zones = zones_of(held.round.place, on=date(held.round.year, 9, 1), level=held.round.level)
    if any(zone.code == held.zone and zone.schools[:1] == (made.school,) for zone in zones):
        return
    held.wishes = [made.school]
    if held.group:
        tied = Application.objects.filter(round=held.round_id, group=held.group)
        tied.exclude(pk=held.pk).update(group="")
        held.group = ""


class NothingAsked(Refusal):
    """The family was not asked for anything."""


def complete(application: Application, pages: dict[str, dict[str, Any]]) -> Application:
    """Take in what a family was asked to put right; the checking begins again.

    Args:
        application: One that is to be completed.
        pages: Corrected pages of the statement: `child`, `home`, `guardian`.

    Raises:
        NothingAsked: If it was not asked.
        AppliedAlready: If the corrected child has another application in the round.
    """
    with transaction.atomic():
        held: Application = Application.objects.select_for_update(of=("self",)).get(
            pk=application.pk
        )
        if held.state != State.ASKED:
            raise NothingAsked(_("Nothing has to be completed in this application."))
        plain = json.loads(str(held.statement))
        for page, answers in pages.items():
            plain[page] = {**plain[page], **_stated(answers)}
        held.statement = json.dumps(plain, ensure_ascii=False)
        held.state = State.RECEIVED
        changed = _restate(held, stated.read(plain))
        held.save(update_fields=["statement", "state", *changed])
    return held


def _stated(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answers.items() if name not in OF_THE_ZONE}


def _restate(held: Application, told: Statement) -> tuple[str, ...]:
    """What stands beside the statement follows it; the telephone stays, the number hangs on it."""
    key = child_key(told)
    if key != held.child_key:
        require_only_one(held.round_id, key)
    held.child_key, held.born_on = key, told.child.born_on
    held.child_name, held.guardian_name = told.child.name, told.guardian.name
    held.path = Place.objects.values_list("path", flat=True).get(code=told.home.place)
    return ("child_key", "born_on", "child_name", "guardian_name", "path")
