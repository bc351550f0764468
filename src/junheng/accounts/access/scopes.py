"""Row scope: which part of the tree somebody sees, and in which role.

A scope is a role and a path; it covers every row whose path begins with it. Scopes are read
once per user object, and a request has one, so a page asks for them once.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from junheng.accounts.models import Appointment, Kind, User
from junheng.places.facade import GOVERNS_ITS_PLACE, Organisation, Role, current_on

FAMILY = "family"
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""They look after the system and see nothing of its business."""
AID = frozenset({Role.AID_OFFICER, Role.FINANCE_OFFICER, Role.VILLAGE_OFFICER})
"""They keep households' status and pay: what other rooms know of children is not theirs to see."""
BUSINESS = frozenset(Role) - ADMINISTRATORS - AID
STAFF_ROLES = frozenset(Role)

Visitor = User | AnonymousUser
Person = AbstractBaseUser | AnonymousUser
"""As rooms below know somebody: they must not know this one's model."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A role and the part of the tree in which it is held."""

    role: str
    path: str

    def covers(self, path: str) -> bool:
        """Whether a row with this path lies within the scope."""
        return path.startswith(self.path)


def scopes_of(user: Person) -> tuple[Scope, ...]:
    """What the appointments that hold today give somebody.

    Families, visitors and closed accounts have no scope. The answer is kept on the user object,
    which lives as long as a request.
    """
    if not isinstance(user, User) or user.kind != Kind.STAFF or not user.is_active:
        return ()
    known: tuple[Scope, ...] | None = getattr(user, "_scopes", None)
    if known is None:
        known = user._scopes = _read_scopes(user)  # type: ignore[attr-defined]  # a cache, not a column
    return known


def _read_scopes(user: User) -> tuple[Scope, ...]:
    there = current_on(prefix="post__organisation__")
    held = Appointment.objects.current().filter(there, user=user)
    where = [f"post__organisation__{name}" for name in ("pk", "kind", "path", "place__path")]
    found: dict[Scope, None] = {}
    schools: dict[int, list[str]] = {}
    for role, organisation, kind, path, place in held.values_list("post__role", *where):
        governs = kind in GOVERNS_ITS_PLACE
        found[Scope(role, place if governs else path)] = None
        if not governs:
            schools.setdefault(organisation, []).append(role)
    for parent, path in _parts_of(schools):
        found |= dict.fromkeys(Scope(role, path) for role in schools[parent])
    return tuple(sorted(found, key=lambda scope: (scope.path, scope.role)))


def _parts_of(schools: dict[int, list[str]]) -> list[tuple[int, str]]:
    """A school's people also see its teaching points, which may stand in another village."""
    if not schools:
        return []
    parts = Organisation.objects.current(timezone.localdate()).filter(parent__in=schools)
    return list(parts.values_list("parent_id", "path"))


def holds(user: Person, *roles: str, at: str | None = None) -> bool:
    """Whether somebody holds one of these roles; `at` asks about one row's path.

    Args:
        user: The person asking.
        roles: Any of `Role`, or "family".
        at: A row's path; without it, anywhere will do.
    """
    if FAMILY in roles and isinstance(user, User) and user.is_active and user.kind == Kind.FAMILY:
        return at is None
    return any(
        scope.role in roles and (at is None or scope.covers(at)) for scope in scopes_of(user)
    )


def paths_of(user: Person, roles: frozenset[str] | set[str] | None = None) -> tuple[str, ...]:
    """The paths somebody sees in these roles, without those that lie within another."""
    wanted = BUSINESS if roles is None else roles
    shortest: list[str] = []
    for path in sorted({scope.path for scope in scopes_of(user) if scope.role in wanted}):
        if not any(path.startswith(known) for known in shortest):
            shortest.append(path)
    return tuple(shortest)


def scope_q(user: Person, field: str = "path", roles: frozenset[str] | set[str] | None = None) -> Q:
    """The condition that a row is within somebody's scope; nothing at all without a scope.

    Args:
        user: The person asking.
        field: Where the row keeps its path, such as `school__path`.
        roles: Which roles count; by default those of the education business, so that an
            administrator of the system sees no pupil.
    """
    condition = Q(pk__in=[])
    for path in paths_of(user, roles):
        condition |= Q(**{f"{field}__startswith": path})
    return condition
