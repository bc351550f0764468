"""Who a case may be handed to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, Value

from junheng.accounts.facade import Appointment, User, scope_q
from junheng.cases.models import Case
from junheng.places.facade import GOVERNS_ITS_PLACE, Level, Place, current_on

MOST = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could have a case, with the post that says so."""

    user: int
    name: str
    post: str
    role: str


def candidates(case: Case) -> list[Candidate]:
    """People whose posts cover where a case lies, or lie within it; the nearest first."""
    governs = Q(post__organisation__kind__in=GOVERNS_ITS_PLACE)
    covers = Q(here__startswith=F("post__organisation__path")) | (
        governs & Q(here__startswith=F("post__organisation__place__path"))
    )
    within = Q(post__organisation__path__startswith=case.path)
    held = (
        Appointment.objects.current()
        .alias(here=Value(case.path))
        .filter(
            current_on(prefix="post__organisation__"),
            covers | within,
            user__is_active=True,
            post__role__in=case.its_kind.readers,
        )
        .select_related("user", "post__organisation")
        .order_by("post__organisation__path", "user__name")
    )
    found: dict[int, Candidate] = {}
    for one in held[:MOST]:
        post = f"{one.post.organisation.name} · {one.post.title}"
        found.setdefault(one.user_id, Candidate(one.user_id, str(one.user), post, one.post.role))
    return list(found.values())


def townships_of(user: User) -> list[tuple[str, str]]:
    """The townships in somebody's scope: path and name, by code."""
    found = Place.objects.current().filter(scope_q(user), level=Level.TOWNSHIP)
    return list(found.order_by("code").values_list("path", "name"))
