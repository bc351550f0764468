"""What a term and a half-year are called: their codes are for machines and tables."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

HALF = re.compile(r"([0-9]{4})-([12])")
CODE = re.compile(r"([0-9]{4})-([0-9]{4})-([12])")


def term_name(code: str) -> str:
    """The term of a code such as 2026-2027-1, in words; whatever is no such code stays."""
    found = CODE.fullmatch(code)
    if found is None:
        return code
    years = {"first": found[1], "last": found[2]}
    if found[3] == "1":
        return _("first term of %(first)s/%(last)s") % years
    return _("second term of %(first)s/%(last)s") % years


def half_year_name(code: str) -> str:
    """The half-year of a code such as 2026-2, in words; whatever is no such code stays."""
    found = HALF.fullmatch(code)
    if found is None:
        return code
    year = {"year": found[1]}
    if found[2] == "1":
        return _("first half of %(year)s") % year
    return _("second half of %(year)s") % year
