"""Opening accounts and giving posts: each checks who does it, and says why in the history."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from axes.utils import reset as forget_wrong_tries
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.access import administration as may
from junheng.accounts.access.scopes import ADMINISTRATORS
from junheng.accounts.models import Appointment, Kind, User
from junheng.accounts.services.passwords import one_time_password
from junheng.commons.history import reason
from junheng.commons.refusals import Refusal
from junheng.places.facade import Organisation, Post, Role


class NameTaken(Refusal):
    """Another account has this name."""


class WouldJoinWhatIsApart(Refusal):
    """An administrator of the system holds no other role."""


class NotSafeYet(Refusal):
    """An administrator's account needs its own password and second factor first."""


class AlreadyAppointed(Refusal):
    """The person holds the post."""


class NoSuchRole(Refusal):
    """A post must suit its organisation: a clerk at the bureau would see the whole county."""


class AlreadyThere(Refusal):
    """The organisation has such a post."""


def open_account(*, by: User, username: str, name: str, home: Organisation) -> tuple[User, str]:
    """Make an account of staff; the password is good for one use.

    Raises:
        PermissionDenied: Unless the organisation is within the system administrator's part.
        NameTaken: If the username is in use, whatever its case.
    """
    _insist(may.may_open_account(by, home))
    return make_account(username=username, name=name, home=home)


def make_account(*, username: str, name: str, home: Organisation) -> tuple[User, str]:
    """The same for the first account of an installation, which nobody can open for it."""
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(_("The username %(name)s is taken.") % {"name": username})
    password = one_time_password()
    user = User(username=username, name=name, kind=Kind.STAFF, home=home)
    _hand_out(user, password)
    return user, password


def _hand_out(user: User, password: str) -> None:
    user.set_password(password)
    user.must_change_password = True
    user.save()


def give_new_password(*, by: User, user: User, why: str) -> str:
    """Replace a forgotten password by one that is good for one use; all sessions end."""
    _insist(may.may_manage_account(by, user))
    password = one_time_password()
    with transaction.atomic(), reason(why):
        _hand_out(user, password)
        forget_wrong_tries(username=user.username)
    return password


def close_account(*, by: User, user: User, why: str) -> None:
    """Keep somebody out from now on; what they did stays theirs."""
    _insist(may.may_manage_account(by, user))
    with reason(why):
        user.is_active = False
        user.save(update_fields=["is_active"])


def reopen_account(*, by: User, user: User, why: str) -> None:
    """Let somebody in again."""
    _insist(may.may_manage_account(by, user))
    with reason(why):
        user.is_active = True
        user.save(update_fields=["is_active"])


def clear_second_factor(*, by: User, user: User, why: str) -> None:
    """Forget a lost telephone: the person sets up a new one at the next sign-in."""
    _insist(may.may_clear_second_factor(by, user))
    with transaction.atomic(), reason(why):
        Authenticator.objects.filter(user=user).delete()
        user.sessions_ended += 1
        user.save(update_fields=["sessions_ended"])


def appoint(
    *,
    by: User,
    user: User,
    post: Post,
    valid_from: date,
    valid_to: date | None = None,
    why: str = "",
) -> Appointment:
    """Give somebody a post.

    Args:
        by: The security administrator; never the person themselves.
        user: Who gets it.
        post: What they get.
        valid_from: The first day on which it holds.
        valid_to: The first day on which it holds no more, if that is known.
        why: The paper behind it.

    Raises:
        PermissionDenied: Outside of the security administrator's part, or for oneself.
        NotSafeYet: For an administrator's post while the account has no second factor.
        WouldJoinWhatIsApart: If the person would hold an administrator's role and another one.
        AlreadyAppointed: If they hold the post.
    """
    _insist(may.may_appoint(by, user, post))
    if post.role in ADMINISTRATORS and not _is_safe(user):
        raise NotSafeYet(
            _("%(person)s must sign in, choose a password and set up a second factor first.")
            % {"person": user}
        )
    return grant(user=user, post=post, valid_from=valid_from, valid_to=valid_to, by=by, why=why)


def grant(
    *,
    user: User,
    post: Post,
    valid_from: date,
    valid_to: date | None = None,
    by: User | None = None,
    why: str = "",
) -> Appointment:
    """Write an appointment down; the database refuses to join what is apart."""
    try:
        with transaction.atomic(), reason(why):
            return Appointment.objects.create(
                user=user, post=post, valid_from=valid_from, valid_to=valid_to, granted_by=by
            )
    except IntegrityError as refused:
        if "accounts_appointment_open_once" in str(refused):
            raise AlreadyAppointed(
                _("%(person)s holds this post already.") % {"person": user}
            ) from refused
        if "stay apart" in str(refused):
            raise WouldJoinWhatIsApart(
                _("A system, security or audit administrator holds no other role.")
            ) from refused
        raise


def end_appointment(*, by: User, appointment: Appointment, why: str) -> None:
    """Take a post away from today on; one that has not begun never does."""
    _insist(may.may_end(by, appointment))
    today = timezone.localdate()
    with reason(why):
        appointment.valid_to = max(today, appointment.valid_from or today)
        appointment.save(update_fields=["valid_to"])


def open_post(*, by: User, organisation: Organisation, role: str, title: str) -> Post:
    """Add a post; it gives nobody anything until somebody is appointed to it.

    Raises:
        PermissionDenied: Outside of the system administrator's part.
        NoSuchRole: If organisations of this kind have no such role.
        AlreadyThere: If there is such a post.
    """
    _insist(may.may_open_post(by, organisation))
    _insist_on_a_fitting(role, organisation)
    post, made = Post.objects.get_or_create(organisation=organisation, role=role, title=title)
    if not made:
        raise AlreadyThere(_("The organisation has such a post already."))
    return post


def first_post(organisation: Organisation, role: str) -> Post:
    """The post for an account that nobody is there yet to open: one that exists, or a new one.

    Raises:
        NoSuchRole: If organisations of this kind have no such role.
    """
    _insist_on_a_fitting(role, organisation)
    known = Post.objects.filter(organisation=organisation, role=role).first()
    title = str(Role(role).label)
    return known or Post.objects.create(organisation=organisation, role=role, title=title)


def _insist_on_a_fitting(role: str, organisation: Organisation) -> None:
    if role not in may.roles_at(organisation.kind):
        raise NoSuchRole(
            _("There is no such role at an organisation of the kind “%(kind)s”.")
            % {"kind": organisation.get_kind_display()}
        )


def _insist(allowed: bool) -> None:  # noqa: FBT001  # the answer of a `may_…`
    if not allowed:
        raise PermissionDenied


def _is_safe(user: User) -> bool:
    own_password = not user.must_change_password
    return settings.DEMO or (own_password and Authenticator.objects.filter(user=user).exists())
