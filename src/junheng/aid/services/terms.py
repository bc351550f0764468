"""Terms are opened by the aid officer: one after the other, each in its own school year."""

from __future__ import annotations

import calendar
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.aid.access import may_keep
from junheng.aid.models import AidTerm
from junheng.commons.attempts import Breach, noting
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear, Term
from junheng.places.facade import Place

DEED = "aid.open_term"


class NotThisTerm(Refusal):
    """The days are not those of a term that can be opened."""


class NotTheirCounty(Breach):
    """The person keeps no aid there."""


def open_term(place: Place, code: str, starts_on: date, ends_on: date, *, by: User) -> AidTerm:
    """Open a term of a county.

    Args:
        place: The county.
        starts_on: First day.
        ends_on: Last day.
        by: The aid officer.
        code: School year and which term of it, such as 2026-2027-1.

    Raises:
        NotThisTerm: If the days overlap another term, stand the wrong way round, or lie outside
            the school year; or the term is there already.
        NotTheirCounty: If the person keeps no aid there.
    """
    with noting(DEED, by=by, matter=code, path=place.path):
        if not may_keep(by, place.path):
            raise NotTheirCounty(_("Your post does not cover this step."))
        _sound(code, starts_on, ends_on)
        with transaction.atomic():
            Place.objects.select_for_update().get(pk=place.pk)
            _apart(place, code, starts_on, ends_on)
            made: AidTerm = AidTerm.objects.create(
                place=place, code=code, starts_on=starts_on, ends_on=ends_on
            )
        return made


def reach_of(code: str) -> tuple[date, date]:
    """First and last day between which a term lies: schools begin up to a month early.

    Raises:
        NotThisTerm: If it is no term like 2026-2027-1.
    """
    try:
        year_text, _dash, number = code.rpartition("-")
        year, which = SchoolYear.parse(year_text), Term(int(number))
        if f"{year}-{which.value}" != code:
            raise ValueError(code)
        if which is Term.SECOND:
            return date(year.start + 1, 1, 1), year.ends_on
        last = calendar.monthrange(year.start + 1, 2)[1]
        return date(year.start, 8, 1), date(year.start + 1, 2, last)
    except ValueError as error:
        raise NotThisTerm(
            _("“%(code)s” is no term. Write school year and term, such as 2026-2027-1.")
            % {"code": code}
        ) from error


def _sound(code: str, starts_on: date, ends_on: date) -> None:
    first, last = reach_of(code)
    if ends_on <= starts_on:
        raise NotThisTerm(
            _("The last day, %(last)s, does not come after the first day, %(first)s.")
            % {"first": starts_on, "last": ends_on}
        )
    if starts_on < first or ends_on > last:
        raise NotThisTerm(
            _("The term %(code)s lies between %(first)s and %(last)s. Check the school year.")
            % {"code": code, "first": first, "last": last}
        )


def _apart(place: Place, code: str, starts_on: date, ends_on: date) -> None:
    terms = AidTerm.objects.filter(place=place)
    if terms.filter(code=code).exists():
        raise NotThisTerm(_("The term %(code)s is open already.") % {"code": code})
    other = terms.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if other is not None:
        raise NotThisTerm(
            _("These days overlap the term %(code)s, which is from %(first)s to %(last)s.")
            % {"code": other.code, "first": other.starts_on, "last": other.ends_on}
        )
