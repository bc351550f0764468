"""The pages of a round as tabs: each is offered to those whom it opens for, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import Visitor, holds
from junheng.admissions.access import REVIEWERS, sees_whole
from junheng.admissions.models import Round
from junheng.admissions.models.querysets import COUNTY, READERS

State = Round.State
ALWAYS = frozenset(State.values)
OPENED = ALWAYS - {State.PLANNED}
OUT = frozenset({State.PUBLISHED, State.CLOSED})
register = template.Library()


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a round: who may open it, and from when there is one."""

    key: str
    label: Any
    roles: frozenset[str]
    states: frozenset[str] = ALWAYS


TABS = (
    Tab("round", _("Files and runs"), READERS),
    Tab("situation", _("Situation"), COUNTY, OPENED),
    Tab("rules", _("Rules and text"), READERS),
    Tab("tiers", _("Groups"), COUNTY),
    Tab("plan", _("Planned intake"), READERS),
    Tab("materials", _("List of papers"), READERS),
    Tab("calendar", _("Calendar"), READERS),
    Tab("applications", _("Applications"), REVIEWERS, OPENED),
    Tab("roster", _("Roster"), COUNTY),
    Tab("act", _("The act"), COUNTY),
    Tab("letters", _("Admission letters"), READERS, OUT),
    Tab("objections", _("Objections"), COUNTY, OUT),
    Tab("check_in", _("Check-in"), READERS, OUT),
    Tab("waiting", _("Waiting lists"), COUNTY, OUT),
    Tab("second_round", _("Second round"), COUNTY, OUT),
)


@register.simple_tag
def round_tabs(user: Visitor, the_round: Round) -> list[tuple[str, Any, str]]:
    """The tabs that somebody may open: key, label, address."""
    return [
        (tab.key, tab.label, reverse(f"admissions:{tab.key}", args=[the_round.pk]))
        for tab in _open_to(user, the_round)
    ]


def _open_to(user: Visitor, the_round: Round) -> Iterator[Tab]:
    whole = sees_whole(user, the_round)
    for tab in TABS:
        theirs = whole if tab.roles == COUNTY else whole or holds(user, *tab.roles)
        last = tab.key == "second_round" and the_round.second_of_id is not None
        if theirs and the_round.state in tab.states and not last:
            yield tab
