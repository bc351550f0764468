"""What is held about a family's children here, for the page that tells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from junheng.admissions.engine.statement import Need
from junheng.admissions.models import Application, ApplicationDraft
from junheng.admissions.selectors.rounds import round_title
from junheng.admissions.services.applications import GONE, statement_of
from junheng.admissions.services.applying import answers_of
from junheng.admissions.services.forgetting import APPLICATIONS, kept_until
from junheng.commons import personal
from junheng.commons.messages import Told, messages_about
from junheng.commons.personal import Census, Held
from junheng.registry.facade import PupilRecord, pupils_from

Rows = list[tuple[str, str, str]]


def register() -> None:
    """Tell the house what is held here, and about how many children."""
    personal.register_holder(held_for)
    personal.register_census(census)


def held_for(family: AbstractBaseUser) -> list[Held]:
    """Applications and drafts of a family, newest first, and its children's school records."""
    rows = Application.objects.filter(family_id=family.pk).select_related("round__place", "consent")
    rows = rows.prefetch_related(
        "objections", "seat_decisions", "house", "seat_offers__school", "offer_answers"
    )
    drafts = ApplicationDraft.objects.filter(owner_id=family.pk).select_related("round__place")
    found = list(rows.order_by("-submitted_at"))
    messages = messages_about([row.number for row in found])
    return [
        *(_application(row, messages.get(row.number, [])) for row in found),
        *(_draft(row) for row in drafts.order_by("-saved_at")),
        *(_pupil(record) for record in pupils_from(row.pk for row in found)),
    ]


def _application(row: Application, messages: Sequence[Told]) -> Held:
    gone = str(row.look_up).startswith(GONE)
    return Held(
        kind=APPLICATIONS,
        key=str(row.pk),
        title=_("Application %(number)s, %(round)s")
        % {"number": row.number, "round": round_title(row.round)},
        subject=row.number,
        path=row.path,
        rows=[*([] if gone else _stated(row)), *_followed(row), *_told(messages)],
        kept_until=None if gone else kept_until(row),
        erased=gone,
    )


def _followed(row: Application) -> Rows:
    """What came of it: objections and answers, reasons of decisions, a house that is tied."""
    words, decided = "admissions.Objection.words", "admissions.SeatDecision.words"
    rows: Rows = []
    for objection in row.objections.all():
        rows += [
            (words, _("Objection %s") % objection.number, str(objection.words)),
            ("admissions.Objection.answer", _("Answer"), str(objection.answer or "")),
        ]
    rows += [
        (decided, _("Decision about the seat"), str(d.words)) for d in row.seat_decisions.all()
    ]
    rows += _answered(row)
    house = getattr(row, "house", None)
    if house is not None:
        said = _("It gave this family a seat in %d.") % house.year
        rows.append(("admissions.HouseClaim.house_key", _("House tied to the family"), said))
    return [one for one in rows if one[2]]


def _answered(row: Application) -> Rows:
    """What the family said to seats that were offered, in the first run and by waiting lists."""
    stated = "admissions.Application.statement"
    ranked = [
        (
            stated,
            _("Answer to an offer, %s") % _at(one.at),
            _(", ").join(one.schools) or str(_("None of them is wanted")),
        )
        for one in row.offer_answers.all()
    ]
    called = [
        (
            stated,
            _("Seat from the waiting list, %s") % _at(one.until),
            f"{one.school.name or one.school.code} · {one.get_state_display()}",
        )
        for one in row.seat_offers.all()
    ]
    return [*ranked, *called]


def _at(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _told(messages: Sequence[Told]) -> Rows:
    key = "commons.Message.content"
    return [(key, _("Message of %s") % f"{told.at:%Y-%m-%d}", told.text) for told in messages]


def _pupil(record: PupilRecord) -> Held:
    table = "registry.Pupil"
    rows: Rows = [
        (f"{table}.name", _("Child's name"), record.name),
        (f"{table}.resident_id", _("Number of the document"), record.resident_id),
        (f"{table}.born_on", _("Born on"), record.born_on),
    ]
    return Held(
        kind="registry.pupil",
        key=str(record.pk),
        title=_("School record %(number)s, %(school)s")
        % {"number": record.number, "school": record.school},
        subject=record.number,
        path=record.path,
        rows=[one for one in rows if one[2]],
        kept_until=record.kept_until,
        kept_words=_("follows from the day on which the child leaves the school"),
        erased=record.erased,
    )


def _stated(row: Application) -> Rows:
    table = "admissions.Application"
    rows: Rows = [
        (f"{table}.child_name", _("Child's name"), str(row.child_name)),
        (f"{table}.born_on", _("Born on"), row.born_on.isoformat() if row.born_on else ""),
        (f"{table}.guardian_name", _("Guardian's name"), str(row.guardian_name)),
        (f"{table}.phone", _("Mobile number"), str(row.phone)),
        (f"{table}.statement", _("Agreed to"), _agreed(row)),
    ]
    told = statement_of(row)
    if told is not None:
        statement = f"{table}.statement"
        rows += [
            (statement, _("Number of the document"), told.child.number),
            (statement, _("Address"), told.home.address),
            (statement, _("Guardian's document number"), told.guardian.number),
            (statement, _("Number of the property certificate"), told.home.certificate),
            (statement, _("Owner, if it is not the guardian"), told.home.owner),
            (statement, _("Number of the residence permit"), told.home.permit),
            (
                statement,
                _("Number of the social insurance or the business licence"),
                told.home.work_number,
            ),
            (statement, _("Older brother or sister"), told.sibling),
            (
                statement,
                pgettext("proof", "Special need"),
                _("yes") if Need.ASSESSMENT in told.child.needs else "",
            ),
        ]
    return [one for one in rows if one[2]]


def _agreed(row: Application) -> str:
    """Which version of the notice a guardian agreed to, and when."""
    if row.consent is None or row.consented_at is None:
        return ""
    return f"{row.consent} · {_at(row.consented_at)}"


def _draft(row: ApplicationDraft) -> Held:
    key = "admissions.ApplicationDraft.answers"
    told = answers_of(row)
    filled = [
        (key, str(name), str(value))
        for page in told.values()
        if isinstance(page, dict)
        for name, value in page.items()
        if isinstance(value, str) and value
    ]
    return Held(
        kind="admissions.applicationdraft",
        key=str(row.pk),
        title=_("Not submitted yet: %(round)s") % {"round": round_title(row.round)},
        subject=f"draft {row.pk.hex[:8]}",
        path=row.round.path,
        rows=filled,
    )


def census(year: int, path: str) -> Census:
    """Children of applications below a path by age on 31 December, each once."""
    held = Application.objects.filter(path__startswith=path).exclude(look_up__startswith=GONE)
    known = held.annotate(who=Coalesce(NullIf(F("child_key"), Value("")), F("code")))
    counted: dict[str, Any] = known.aggregate(
        under_14=Count("who", filter=Q(born_on__gt=date(year - 14, 12, 31)), distinct=True),
        from_14_to_17=Count(
            "who",
            filter=Q(born_on__lte=date(year - 14, 12, 31), born_on__gt=date(year - 18, 12, 31)),
            distinct=True,
        ),
        unknown=Count("who", filter=Q(born_on=None), distinct=True),
    )
    return Census(**counted)
