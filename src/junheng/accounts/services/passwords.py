"""Password rules beyond Django's: kinds of signs, none of the last ones, an age, one-time ones."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from junheng.accounts.models import FormerPassword, User

KINDS = (str.islower, str.isupper, str.isdigit)
KINDS_WANTED = 3
REMEMBERED = 5
# No letter or digit that is mistaken for another one when it is read out.
ALPHABET = ("abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
ONE_TIME_LENGTH = 12


class ThreeKinds:
    """Refuses a password of fewer than three kinds: lower case, upper case, digits, others."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Called by Django before a password is set."""
        found = sum(any(map(kind, password)) for kind in KINDS)
        found += any(not any(kind(sign) for kind in KINDS) for sign in password)
        if found < KINDS_WANTED:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        """What a form says about it."""
        return _("Mix at least three of: small letters, capital letters, digits, other signs.")


class NotRecent:
    """Refuses the present password and the ones before it, and remembers each one."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Called by Django before a password is set."""
        if user is None or user.pk is None:
            return
        recent = FormerPassword.objects.filter(user=user)[:REMEMBERED]
        hashes = {user.password, *recent.values_list("password", flat=True)}
        if any(check_password(password, known) for known in hashes):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Called by Django once an account was saved with a new password."""
        if user is None:
            return
        FormerPassword.objects.create(user=user, password=user.password)
        kept = FormerPassword.objects.filter(user=user)[:REMEMBERED]
        older = FormerPassword.objects.filter(user=user).exclude(pk__in=[row.pk for row in kept])
        older.delete()

    def get_help_text(self) -> str:
        """What a form says about it."""
        return _("None of the last %(count)d passwords may be used again.") % {"count": REMEMBERED}


def one_time_password() -> str:
    """A password to hand out once: twelve signs of three kinds, easy to read out, 68 bits."""
    everything = "".join(ALPHABET)
    while True:
        password = "".join(secrets.choice(everything) for _ in range(ONE_TIME_LENGTH))
        if all(any(sign in kind for sign in password) for kind in ALPHABET):
            return password


def has_outlived_its_password(user: User) -> bool:
    """Whether somebody of staff has had the same password for too long, or a handed-out one."""
    if user.must_change_password:
        return True
    if not user.is_employee or user.password_changed_at is None:
        return False
    age = timezone.now() - user.password_changed_at
    return age > timedelta(days=settings.PASSWORD_DAYS)
