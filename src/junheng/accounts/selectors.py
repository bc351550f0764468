"""What the administrators' and auditors' lists show, each within the reader's part of the tree."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from junheng.accounts.access.administration import AUDIENCE_OF_LOGS
from junheng.accounts.access.scopes import ADMINISTRATORS, STAFF_ROLES, paths_of, scope_q
from junheng.accounts.access.tracking import Tracked
from junheng.accounts.models import Appointment, Kind, ReadLog, SignIn, User
from junheng.commons.models import Attempt
from junheng.places.facade import Organisation, Place, Post, current_on


def people_for(actor: User) -> QuerySet[User]:
    """Accounts of staff in an administrator's part, with what the list says about them."""
    held = Appointment.objects.filter(current_on()).select_related("post__organisation")
    codes = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return (
        User.objects.filter(scope_q(actor, "home__path", ADMINISTRATORS), kind=Kind.STAFF)
        .select_related("home__place")
        .annotate(has_second_factor=Exists(codes))
        .prefetch_related(Prefetch("appointments", queryset=held, to_attr="held"))
    )


def posts_for(actor: User) -> QuerySet[Post]:
    """Posts in an administrator's part, each with the people who hold it today."""
    held = Appointment.objects.filter(current_on()).select_related("user")
    return (
        Post.objects.filter(scope_q(actor, "organisation__path", ADMINISTRATORS))
        .select_related("organisation__place")
        .prefetch_related(Prefetch("appointments", queryset=held, to_attr="held"))
    )


def appointments_for(actor: User) -> QuerySet[Appointment]:
    """Appointments to posts in an administrator's part, past ones too."""
    found: QuerySet[Appointment] = Appointment.objects.filter(
        scope_q(actor, "post__organisation__path", ADMINISTRATORS)
    ).select_related("user", "post__organisation__place", "granted_by")
    return found


def organisations_for(actor: User) -> QuerySet[Organisation]:
    """Organisations that somebody of staff sees, ended ones too."""
    found: QuerySet[Organisation] = (
        Organisation.objects.filter(scope_q(actor, "path", STAFF_ROLES))
        .select_related("place", "parent")
        .defer("place__outline")
    )
    return found


def homes_for(actor: User, *, ended: bool = False) -> QuerySet[Organisation]:
    """Organisations in an administrator's part that exist today, or also those that ended."""
    mine = Organisation.objects.filter(scope_q(actor, "path", ADMINISTRATORS))
    found: QuerySet[Organisation] = mine.select_related("place").defer("place__outline")
    return found if ended else found.filter(current_on())


def places_for(actor: User) -> QuerySet[Place]:
    """Places that somebody of staff sees: their part, or the place their school stands in."""
    condition = Q(pk__in=[])
    for path in roots_of(actor):
        condition |= Q(path__startswith=path)
    return Place.objects.filter(condition)


def roots_of(actor: User) -> tuple[str, ...]:
    """Where somebody's tree begins: their paths, cut where an organisation begins."""
    cut = {path.partition("@")[0] for path in paths_of(actor, STAFF_ROLES)}
    return tuple(
        path for path in sorted(cut) if not any(path != o and path.startswith(o) for o in cut)
    )


def sign_ins_for(actor: User) -> QuerySet[SignIn]:
    """Sign-ins of an auditor's part, and tries with names that are no account's."""
    mine = scope_q(actor, "home_path", AUDIENCE_OF_LOGS)
    return SignIn.objects.filter(mine | Q(user=None)).select_related("user")


def attempts_for(actor: User) -> QuerySet[Attempt]:
    """What the rules refused in an auditor's part, and what belongs to no part."""
    mine = scope_q(actor, "path", AUDIENCE_OF_LOGS)
    return Attempt.objects.filter(mine | Q(path="")).select_related("by")


def readings_for(actor: User) -> QuerySet[ReadLog]:
    """What people of an auditor's part were shown in the clear."""
    mine = scope_q(actor, "reader_path", AUDIENCE_OF_LOGS)
    return ReadLog.objects.filter(mine).select_related("reader")


def changes_for(actor: User, tracked: Tracked) -> Any:
    """Events of one history in an auditor's part, newest first, each with who did it."""
    doer = Cast(KeyTextTransform("user", OuterRef("pgh_context")), BigIntegerField())
    who = User.objects.filter(pk=doer)
    return (
        tracked.events.filter(scope_q(actor, tracked.path, AUDIENCE_OF_LOGS))
        .annotate(
            who=Subquery(who.values("name")[:1]),
            who_username=Subquery(who.values("username")[:1]),
            why=KeyTextTransform("why", "pgh_context"),
            url=KeyTextTransform("url", "pgh_context"),
        )
        .order_by("-pgh_id")
    )


def last_sign_in(user: User) -> SignIn | None:
    """The last time somebody got in."""
    return SignIn.objects.filter(user=user, outcome="signed_in").order_by("-at").first()


def readings_of(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], list[ReadLog]]:
    """Who was shown what of these rows in the clear, newest first, by kind and key."""
    if not pairs:
        return {}
    keys = [key for _kind, key in pairs]
    rows = ReadLog.objects.filter(kind__in={kind for kind, _key in pairs}, key__in=keys)
    found: dict[tuple[str, str], list[ReadLog]] = {}
    for row in rows.select_related("reader__home").order_by("-at", "-id"):
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def readings_by_office(path: str, year: int) -> list[tuple[str, int, int]]:
    """Offices below a path whose people were shown masked data in a year: readings and people."""
    rows = ReadLog.objects.filter(reader_path__startswith=path, at__year=year)
    counted = rows.order_by("reader__home__name").values_list("reader__home__name")
    return list(counted.annotate(readings=Count("pk"), people=Count("reader", distinct=True)))
