"""One account per role in the demonstration, with a password that the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import FAMILY, Appointment, Kind, Role, User
from junheng.commons.demo import DemoAccount
from junheng.places.facade import Organisation, Post
from junheng.registry.demo.names import all_names

PASSWORD = "Yunhuai-2026"  # noqa: S105 -- shown on the front page, and only where DEMO is on
USERNAMES = {
    Role.BUREAU_LEADER: "leader",
    Role.ADMISSIONS_OFFICER: "admissions",
    Role.TOWNSHIP_OFFICER: "township",
    Role.SCHOOL_CLERK: "clerk",
    Role.SCHOOL_HEAD: "head",
    Role.AUDITOR: "auditor",
    Role.AID_OFFICER: "aid",
    Role.FINANCE_OFFICER: "finance",
    Role.VILLAGE_OFFICER: "village",
    Role.SYSTEM_ADMIN: "system",
    Role.SECURITY_ADMIN: "security",
    Role.AUDIT_ADMIN: "audit",
}
FAMILY_USERNAME = "family"
SEES = {
    Role.TOWNSHIP_OFFICER: _("One township"),
    Role.SCHOOL_CLERK: _("One school"),
    Role.SCHOOL_HEAD: _("One school"),
    Role.AID_OFFICER: _("Aid of the whole county"),
    Role.FINANCE_OFFICER: _("Payments of the whole county"),
    Role.VILLAGE_OFFICER: _("One village"),
    Role.SYSTEM_ADMIN: _("No child's data"),
    Role.SECURITY_ADMIN: _("No child's data"),
    Role.AUDIT_ADMIN: _("No child's data"),
}


class NotADemonstration(Exception):
    """Accounts whose password everybody knows are made nowhere else."""


def demo_accounts() -> Sequence[DemoAccount]:
    """The accounts for the sign-in page."""
    staff = [
        DemoAccount(username, PASSWORD, role.label, SEES.get(role, _("The whole county")))
        for role, username in USERNAMES.items()
    ]
    return [*staff, DemoAccount(FAMILY_USERNAME, PASSWORD, _("Family"), _("Its own children"))]


def employ(
    bureau: Organisation,
    township_office: Organisation,
    school: Organisation,
    village_committee: Organisation,
) -> None:
    """Make the accounts, or find them, and appoint them to their posts.

    Raises:
        NotADemonstration: If this installation is not a demonstration.
    """
    if not settings.DEMO:
        raise NotADemonstration("set JUNHENG_DEMO=1 for a demonstration")
    homes = {
        Role.TOWNSHIP_OFFICER: township_office,
        Role.SCHOOL_CLERK: school,
        Role.SCHOOL_HEAD: school,
        Role.VILLAGE_OFFICER: village_committee,
    }
    _open_accounts({role: homes.get(role, bureau) for role in USERNAMES})
    for role, username in USERNAMES.items():
        post, _made = Post.objects.get_or_create(
            organisation=homes.get(role, bureau), role=role, title=all_names().people[role][1]
        )
        user = User.objects.get(username=username)
        Appointment.objects.get_or_create(user=user, post=post, valid_to=None)


def _open_accounts(homes: Mapping[Role, Organisation]) -> None:
    """The accounts that are not there yet; the one password is hashed once, which takes a while."""
    wanted = {str(role): username for role, username in USERNAMES.items()}
    wanted[FAMILY] = FAMILY_USERNAME
    known = User.objects.filter(username__in=wanted.values())
    known.update(password_changed_at=timezone.now())  # a demonstration does not lock itself
    there = set(known.values_list("username", flat=True))
    missing = [role for role, username in wanted.items() if username not in there]
    hashed = make_password(PASSWORD) if missing else ""
    User.objects.bulk_create(
        User(
            username=wanted[role],
            password=hashed,
            password_changed_at=timezone.now(),
            name=all_names().people[role][0],
            kind=Kind.FAMILY if role == FAMILY else Kind.STAFF,
            home=homes.get(Role(role)) if role != FAMILY else None,
        )
        for role in missing
    )
