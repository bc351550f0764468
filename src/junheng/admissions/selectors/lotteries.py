"""Schools of a round that are open by lottery, by name."""

from __future__ import annotations

from junheng.admissions.models import PlannedIntake, Round


def lotteries_of(the_round: Round) -> dict[str, str]:
    """Names by code, by code; one query, and none where there are no such schools."""
    named = the_round.rules.get("by_lottery", ())
    if not named:
        return {}
    rows = PlannedIntake.objects.filter(round=the_round, code__in=named)
    names = dict(rows.values_list("code", "name"))
    return {code: names.get(code) or code for code in named}
