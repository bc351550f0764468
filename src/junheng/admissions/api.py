"""Rounds, results and applications for programs: the same doors, masks and brakes as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from junheng.accounts.facade import User, address_of
from junheng.admissions.models import Application, Round
from junheng.admissions.selectors import public as selectors
from junheng.admissions.selectors.applying import rounds_to_apply_to
from junheng.admissions.selectors.looked_up import result_of
from junheng.admissions.selectors.public_results import published_record
from junheng.admissions.services.look_up import NothingFound, TooManyTries, as_given_out, look_up
from junheng.commons.masks import mask_name

router = Router(tags=["admissions"])
NOT_FOUND, TOO_MANY = 404, 429

County = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["990100"])]


class Fault(Schema):
    """Why there is no answer, in words."""

    detail: str


class RoundOut(Schema):
    """A round that was opened."""

    county: str
    ref: str
    title: str
    year: int
    state: str
    takes_applications: bool


class DateOut(Schema):
    """Something on a round's calendar."""

    name: str
    begins_at: datetime
    ends_at: datetime


class ListOut(Schema):
    """A frozen list: its fingerprint, and those of its tables."""

    version: int
    sha256: str
    frozen_at: datetime
    reason: str


class ResultOut(Schema):
    """A published result."""

    ref: str
    result_sha256: str
    receipt_sha256: str
    published_at: datetime
    superseded_at: datetime | None


class RoundDetail(RoundOut):
    """All that a program needs to follow a round."""

    policy: str
    dates: list[DateOut]
    lists: list[ListOut]
    seed: str
    results: list[ResultOut]


class LookUpIn(Schema):
    """What stands on the receipt of an application, and the end of the telephone number."""

    number: Annotated[str, Field(min_length=1, max_length=40, examples=["AP-2026-7KQ4-9XMFC"])]
    digits: Annotated[str, Field(pattern=r"^[0-9]{4}$", examples=["0001"])]


class LookUpOut(Schema):
    """A child's result; the name is masked."""

    child: str
    number: str
    how: str
    school: str
    distance_m: int | None
    ticket: str
    letter: str


class ApplicationOut(Schema):
    """An application of the family that is signed in; the name is masked."""

    number: str
    round: str
    child: str
    state: str
    submitted_at: datetime | None
    tier: int | None
    zone: str


def _rows() -> list[RoundOut]:
    open_now = {(row.code, row.ref) for row in rounds_to_apply_to() if row.is_on}
    return [
        RoundOut(
            county=row.code,
            ref=row.ref,
            title=row.title,
            year=row.year,
            state=row.state,
            takes_applications=(row.code, row.ref) in open_now,
        )
        for row in selectors.public_rounds()
    ]


@router.get("/rounds", response=list[RoundOut])
def rounds(request: HttpRequest) -> list[RoundOut]:
    """The rounds that were opened, newest first."""
    return _rows()


@router.get("/rounds/{county}/{ref}", response={200: RoundDetail, 404: Fault})
def round_detail(request: HttpRequest, county: County, ref: str) -> RoundDetail:
    """One round: calendar, text, fingerprints, seed and results."""
    the_round = _opened(county, ref)
    shown = selectors.public_round(the_round)
    row = next(one for one in _rows() if (one.county, one.ref) == (county, ref))
    return RoundDetail(
        **row.dict(),
        policy=shown.policy,
        dates=[DateOut(name=n, begins_at=b, ends_at=e) for n, b, e in shown.dates],
        lists=[ListOut.from_orm(one) for one in shown.lists],
        seed=shown.seed,
        results=[ResultOut.from_orm(one) for one in shown.results],
    )


def _opened(county: str, ref: str) -> Round:
    the_round = None if "\0" in ref else selectors.opened_round(county, ref)
    if the_round is None:
        raise Http404
    return the_round


@router.post("/rounds/{county}/{ref}/look-up", response={200: LookUpOut, 404: Fault, 429: Fault})
def look_up_result(request: HttpRequest, county: County, ref: str, asked: LookUpIn) -> LookUpOut:
    """A child's published result by application number; tries are counted as on the page."""
    the_round = _opened(county, ref)
    record = published_record(the_round)
    if record is None:
        raise Http404
    try:
        found = look_up(the_round, asked.number, asked.digits, address=address_of(request))
    except NothingFound as refusal:
        raise HttpError(NOT_FOUND, str(refusal)) from None
    except TooManyTries as refusal:
        raise HttpError(TOO_MANY, str(refusal)) from None
    return LookUpOut.from_orm(result_of(found, record))


def family(request: HttpRequest) -> User | None:
    """Who is signed in, if it is a family."""
    user = request.user
    return user if isinstance(user, User) and not user.is_employee else None


@router.get("/applications", response={200: list[ApplicationOut], 401: Fault}, auth=family)
def applications(request: HttpRequest) -> list[ApplicationOut]:
    """The applications of the family that is signed in."""
    return [_application(row) for row in _own(request)]


@router.get(
    "/applications/{number}", response={200: ApplicationOut, 401: Fault, 404: Fault}, auth=family
)
def application(request: HttpRequest, number: str) -> ApplicationOut:
    """One of them; for anybody else's number there is no such application."""
    known = None if "\0" in number else _own(request).filter(number=as_given_out(number)).first()
    if known is None:
        raise Http404
    return _application(known)


def _own(request: HttpRequest) -> Any:
    return Application.objects.of_family(request.user).select_related("round").order_by("number")


def _application(row: Application) -> ApplicationOut:
    return ApplicationOut(
        number=row.number,
        round=row.round.ref,
        child=mask_name(str(row.child_name)),
        state=row.state,
        submitted_at=row.submitted_at,
        tier=row.tier,
        zone=row.zone,
    )
