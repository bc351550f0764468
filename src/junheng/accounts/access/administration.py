"""Three administrators, kept apart: one makes accounts, one gives posts, one reads the logs.

The system administrator opens and closes accounts, organisations and posts, and gives out
passwords; the security administrator appoints people to posts and clears second factors; the
audit administrator reads what both did. Each works within the part of the tree of their own
post, and nobody on their own account. Taking over somebody's account takes a password from the
one and a cleared second factor from the other.
"""

from __future__ import annotations

from junheng.accounts.access.scopes import ADMINISTRATORS, BUSINESS, Person, holds
from junheng.accounts.models import Appointment, User
from junheng.places.facade import (
    GOVERNS_ITS_PLACE,
    Organisation,
    OrganisationKind,
    Post,
    Role,
)

AUDIENCE_OF_LOGS = frozenset({Role.AUDIT_ADMIN, Role.AUDITOR})

RUNS_JOBS = frozenset({Role.BUREAU_LEADER, Role.ADMISSIONS_OFFICER, Role.SYSTEM_ADMIN})

SCHOOL_ROLES = frozenset({Role.SCHOOL_CLERK, Role.SCHOOL_HEAD})
NO_SCHOOLS = frozenset(
    {
        OrganisationKind.BUREAU,
        OrganisationKind.TOWNSHIP_OFFICE,
        OrganisationKind.VILLAGE_COMMITTEE,
        OrganisationKind.AGENCY,
        OrganisationKind.HOSPITAL,
        OrganisationKind.ENTERPRISE,
    }
)


def roles_at(kind: str) -> tuple[Role, ...]:
    """The roles that a post at an organisation of this kind may carry."""
    if kind == OrganisationKind.BUREAU:
        elsewhere = {*SCHOOL_ROLES, Role.TOWNSHIP_OFFICER, Role.VILLAGE_OFFICER}
        return tuple(role for role in Role if role not in elsewhere)
    if kind == OrganisationKind.VILLAGE_COMMITTEE:
        return (Role.VILLAGE_OFFICER,)
    roles: list[Role] = []
    if kind in GOVERNS_ITS_PLACE:
        roles.append(Role.TOWNSHIP_OFFICER)
    if kind not in NO_SCHOOLS:
        roles += [Role.SCHOOL_CLERK, Role.SCHOOL_HEAD]
    return tuple(roles)


def may_open_account(actor: User, home: Organisation) -> bool:
    """Whether they may make an account for somebody of this organisation."""
    return holds(actor, Role.SYSTEM_ADMIN, at=home.reach)


def may_manage_account(actor: User, user: User) -> bool:
    """Whether they may close or open it and give out a new password: never their own."""
    return _within(actor, Role.SYSTEM_ADMIN, user)


def may_clear_second_factor(actor: User, user: User) -> bool:
    """Whether they may clear it: not who gives out passwords, and never their own."""
    return _within(actor, Role.SECURITY_ADMIN, user)


def may_appoint(actor: User, user: User, post: Post) -> bool:
    """Whether they may give this person this post: never themselves."""
    there = holds(actor, Role.SECURITY_ADMIN, at=post.organisation.reach)
    return there and user.is_active and _within(actor, Role.SECURITY_ADMIN, user)


def may_end(actor: User, appointment: Appointment) -> bool:
    """Whether they may end it."""
    there = holds(actor, Role.SECURITY_ADMIN, at=appointment.post.organisation.reach)
    return there and appointment.user_id != actor.pk


def may_open_post(actor: User, organisation: Organisation) -> bool:
    """Whether they may add a post there; a post alone gives nobody anything."""
    return holds(actor, Role.SYSTEM_ADMIN, at=organisation.reach)


def may_keep_organisation(actor: User, organisation: Organisation) -> bool:
    """Whether they may rename or end it; schools belong to the registry."""
    return organisation.kind in NO_SCHOOLS | GOVERNS_ITS_PLACE and may_open_post(
        actor, organisation
    )


def is_administrator(user: User) -> bool:
    """Whether they hold one of the three posts that look after the system."""
    return holds(user, *ADMINISTRATORS)


def may_read_logs(user: User) -> bool:
    """Whether they read the logs of their part of the tree."""
    return holds(user, *AUDIENCE_OF_LOGS)


def may_see_job(user: Person, path: str) -> bool:
    """Whether they see the long work of others: in their part; what has no part, who runs it."""
    if not path:
        return holds(user, Role.SYSTEM_ADMIN)
    return holds(user, *BUSINESS, Role.SYSTEM_ADMIN, at=path)


def may_act_on_job(user: Person, path: str) -> bool:
    """Whether they may stop the long work of others or have it tried again."""
    if not path:
        return holds(user, Role.SYSTEM_ADMIN)
    return holds(user, *RUNS_JOBS, at=path)


def _within(actor: User, role: Role, user: User) -> bool:
    if user.pk == actor.pk or user.home is None:
        return False
    return holds(actor, role, at=user.home.reach)
