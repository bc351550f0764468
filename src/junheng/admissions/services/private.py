"""Private schools draw lots in the round, by law: no page offers to switch that off.

Rules made on a page follow the register; rules out of files have to say it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from junheng.admissions.engine.types import Mode
from junheng.admissions.files.lotteries import VERSION
from junheng.admissions.models import Round
from junheng.admissions.services.acts import OutOfTurn
from junheng.registry.facade import schools_of

RULE = "by_lottery"
_SECOND = (Mode.OPEN.value, Mode.GRADE.value)


class PrivateSchoolsDrawLots(OutOfTurn):
    """The rules let a private school take children in some other way than by lottery."""


def private_schools(the_round: Round) -> dict[str, str]:
    """Names by code of the schools that the register calls private on the first day of school."""
    day = date(the_round.year, 9, 1)
    found = schools_of(the_round.place, on=day, level=the_round.level)
    return {school.code: school.name for school in found if school.private}


def with_lotteries(rules: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """The same rules with exactly these schools open by lottery, in the version that has them."""
    rest = {name: value for name, value in rules.items() if name != RULE}
    named = sorted(codes)
    if named:
        return {**rest, RULE: named, "version": VERSION}
    if rules.get("version") == VERSION:
        rest["version"] = 2 if rest["mode"] in _SECOND else 1
    return rest


def follow_register(the_round: Round) -> None:
    """Let the private schools of a plan draw lots, where a page and not files made the rules.

    In a second round every school draws lots that drew them in the first.
    """
    if the_round.input_id is not None or not the_round.rules:
        return
    first = the_round.second_of
    drew = first.rules.get(RULE, ()) if first else ()
    planned = set(the_round.plan.values_list("code", flat=True))
    rules = with_lotteries(the_round.rules, planned & {*private_schools(the_round), *drew})
    if rules != the_round.rules:
        the_round.rules = rules
        the_round.save(update_fields=["rules"])


def require_lots(the_round: Round, rules: Mapping[str, Any], codes: Iterable[str]) -> None:
    """Make sure that every private school among some draws lots.

    Args:
        the_round: Year, level and place say what the register knows.
        rules: The rules that would hold.
        codes: The schools that would take part.

    Raises:
        PrivateSchoolsDrawLots: If one does not; it names them and says what to write.
    """
    private = private_schools(the_round)
    missing = sorted(private.keys() & set(codes) - set(rules.get(RULE, ())))
    if missing:
        told = [f"{private[code]} ({code})" for code in missing]
        raise PrivateSchoolsDrawLots(
            _(
                "Private schools draw lots, by law: %(schools)s. Name their codes in the files, as "
                "by_lottery under [lottery], with version = 3 under [round]."
            )
            % {"schools": _(", ").join(told)}
        )
