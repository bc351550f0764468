"""The card of admissions on the workbench: the latest round, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.admissions.selectors.latest import LatestResult, latest_round
from junheng.admissions.web.words import STATE_TONES, whole


def round_card(request: HttpRequest) -> Mapping[str, Any] | None:
    """The newest round that this person takes part in; no card where there is none."""
    if not isinstance(request.user, User):
        return None
    latest = latest_round(request.user)
    if latest is None:
        return None
    figures = _figures(latest.result) if latest.result else []
    return {"round": latest, "tone": STATE_TONES[latest.state], "figures": figures}


def _figures(result: LatestResult) -> list[tuple[str, str, str]]:
    """Label, figure and the rows behind it."""
    found, children = result.figures, reverse("admissions:children", args=[result.run])
    return [
        (_("Children"), whole(found.children), children),
        (_("Seated by list"), whole(found.by_list), f"{children}?how=list"),
        (_("Diverted"), whole(found.diverted), f"{children}?how=diverted"),
        (_("Without a seat"), whole(found.unplaced), f"{children}?how=unplaced"),
    ]
