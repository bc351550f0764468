"""The demo county's aid: policies, what its registers tell, schools of the programmes, a term."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from django.db import transaction

from junheng.accounts.facade import User
from junheng.aid.models import AidPolicy, AidTerm, SchoolTrait, ToldInFull
from junheng.aid.services.policies import Naming, Wording, ask_approval, name_policy, write_draft
from junheng.commons import approvals
from junheng.kernel.money import Fen
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

    Returns:
        How many are new.
    """
    known = set(AidPolicy.objects.filter(path=place.path).values_list("code", flat=True))
    fresh = [one for one in _table() if one["code"] not in known]
    with transaction.atomic():
        for one in fresh:
            policy = name_policy(place, _naming(one))
            draft = write_draft(policy, _wording(one), by=officer)
            approvals.agree(ask_approval(draft, by=officer), leader)
    return len(fresh)


def _table() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("policies.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["policy"]
    return rows


def _naming(one: Mapping[str, Any]) -> Naming:
    plain = one.get("plain", {"zh": "", "en": ""})
    return Naming(
        code=one["code"],
        title_zh=one["title"]["zh"],
        title_en=one["title"]["en"],
        level=one["level"],
        kind=one["kind"],
        funds=one["funds"],
        plain_zh=plain["zh"],
        plain_en=plain["en"],
    )


def _wording(one: Mapping[str, Any]) -> Wording:
    return Wording(
        valid_from=one["from"],
        counted_on=one.get("counted_on", "first_day"),
        conditions=one["conditions"],
        rates=[
            {"when": rate["when"], "fen": Fen.parse(rate["yuan"]).amount} for rate in one["rates"]
        ],
        document=one["document"],
        gives_way_to=one.get("gives_way_to", ()),
        once=one.get("once", False),
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
