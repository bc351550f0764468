"""The demo county's aid: policies, what its registers tell, schools of the programmes, a term."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from django.db import transaction

from junheng.accounts.facade import User
from junheng.aid.files.described import Described, InBoth, Version
from junheng.aid.files.policies import read_policies
from junheng.aid.models import AidPolicy, AidTerm, SchoolTrait, ToldInFull
from junheng.aid.selectors.policies import as_kept
from junheng.aid.services.policies import Naming, Wording, ask_approval, name_policy, write_draft
from junheng.commons import approvals
from junheng.places.facade import Organisation, OrganisationKind, Place

TERM = ("2026-2027-1", date(2026, 9, 1), date(2027, 1, 22))
SINCE = date(2020, 9, 1)
TOLD = ("boarder", "disabled", "orphan", "left_behind", "migrant", "registered_poor")
HOUSEHOLDS_TOLD = ("monitored", "subsistence", "destitute")
PROGRAMMES = ("meal_school", "heated_school")
WHO = "云槐县教育局资助中心"
SCHOOLS = (
    OrganisationKind.PRIMARY,
    OrganisationKind.LOWER_SECONDARY,
    OrganisationKind.NINE_YEAR,
    OrganisationKind.TEACHING_POINT,
)


def start_demonstration(place: Place, *, officer: User, leader: User) -> AidTerm:
    """Give a county policies and a term of aid; safe to do again.

    Args:
        place: The invented county.
        officer: Who writes policies.
        leader: Who approves them.
    """
    load_policies(place, officer=officer, leader=leader)
    return open_term(place)


def load_policies(place: Place, *, officer: User, leader: User) -> int:
    """Every policy of the demo set that is not there yet, written by one and approved by another.

    The files are those of `junheng aid run`, one a policy with all its versions: every policy of
    AID-3 of the requirements. What AID-3 says of amounts stands as it says it; where it names
    none, the amount is the demo county's own and its document says so. Amounts are for one
    counting day (a term, or a month).

    Returns:
        How many are new.
    """
    known = set(AidPolicy.objects.filter(path=place.path).values_list("code", flat=True))
    folder = files(__package__).joinpath("policies")
    read = read_policies({file.name: file.read_bytes() for file in folder.iterdir()})
    fresh = [one for one in read if one.code not in known]
    with transaction.atomic():
        for one in fresh:
            policy = name_policy(place, _naming(one))
            for version in one.versions:
                draft = write_draft(policy, _wording(version), by=officer)
                approvals.agree(ask_approval(draft, by=officer), leader)
    return len(fresh)


def _naming(one: Described) -> Naming:
    plain = one.plain or InBoth("", "")
    return Naming(
        code=one.code,
        title_zh=one.title.zh,
        title_en=one.title.en,
        level=one.level,
        kind=one.kind,
        funds=one.funds,
        plain_zh=plain.zh,
        plain_en=plain.en,
    )


def _wording(version: Version) -> Wording:
    policy = version.policy
    conditions = zip(policy.conditions, version.clauses, strict=True)
    return Wording(
        valid_from=policy.valid_from,
        valid_to=policy.valid_to,
        counted_on=policy.counted_on,
        conditions=[
            {"text": one.text, "clause": clause.sentence, "place": clause.place}
            for one, clause in conditions
        ],
        rates=[as_kept(rate) for rate in policy.rates],
        document=version.document,
        document_number=version.document_number,
        gives_way_to=policy.gives_way_to,
        once=policy.once,
    )


def open_term(place: Place) -> AidTerm:
    """The term of the demo, with what its registers tell and which schools are in a programme."""
    code, first, last = TERM
    term, fresh = AidTerm.objects.get_or_create(
        place=place, code=code, defaults={"starts_on": first, "ends_on": last}
    )
    if fresh:
        _tell(place)
    return term


def _tell(place: Place) -> None:
    whole = (*TOLD, *HOUSEHOLDS_TOLD, *PROGRAMMES)
    ToldInFull.objects.bulk_create(
        ToldInFull(place=place, fact=fact, valid_from=SINCE, said_by=WHO) for fact in whole
    )
    schools = Organisation.objects.filter(path__startswith=place.path, kind__in=SCHOOLS)
    SchoolTrait.objects.bulk_create(
        SchoolTrait(organisation=school, fact=fact, valid_from=SINCE, document=f"{WHO}名单")
        for number, school in enumerate(schools.order_by("code"))
        for place_in, fact in enumerate(PROGRAMMES)
        if number % 3 != place_in
    )
