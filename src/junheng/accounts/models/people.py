"""People who sign in, and the posts they hold."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from junheng.commons.history import tracked
from junheng.commons.sealing import BlindIndexField, SealedTextField
from junheng.places.facade import Dated, DatedQuerySet


class Kind(models.TextChoices):
    """Whom an account belongs to."""

    FAMILY = "family", _("Family")
    STAFF = "staff", _("Staff")


class UserManager(BaseUserManager["User"]):
    """Makes accounts; somebody is a family unless stated otherwise."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Add an account; without a password nobody can sign in to it yet."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@tracked(exclude=("password", "last_login"))
class User(AbstractBaseUser):
    """Somebody who signs in; what they may do follows from the posts they hold."""

    username = models.CharField(
        _("username"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()]
    )
    name = models.CharField(_("full name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.FAMILY)
    home = models.ForeignKey(
        "places.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    phone = SealedTextField(_("telephone"), bound_to="username", null=True, blank=True)
    phone_key = BlindIndexField(_("telephone's key"), max_length=32, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)
    password_changed_at = models.DateTimeField(_("password changed at"), null=True, blank=True)
    sessions_ended = models.PositiveIntegerField(
        _("how often all sessions were ended"), default=0, editable=False
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["username"]
        constraints = [
            CheckConstraint(condition=Q(kind__in=Kind.values), name="accounts_user_kind"),
            CheckConstraint(
                condition=~Q(kind="staff") | Q(home__isnull=False),
                name="accounts_user_staff_has_a_home",
            ),
            CheckConstraint(
                condition=Q(phone=None, phone_key="")
                | Q(kind="family", phone__isnull=False) & ~Q(phone_key=""),
                name="accounts_user_phone_is_a_familys",
            ),
            UniqueConstraint(
                fields=["phone_key"],
                condition=~Q(phone_key=""),
                name="accounts_user_one_per_phone",
            ),
        ]
        triggers = [pgtrigger.Protect(name="account_is_not_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name to greet somebody by."""
        return str(self)

    def set_password(self, raw_password: str | None) -> None:
        """Take a password that its owner chose; whoever gives one out marks it as temporary."""
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()
        self.must_change_password = False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: the password, and nobody having ended all sessions since."""
        proof = f"{self.password}{self.sessions_ended}"
        return salted_hmac("accounts.session", proof, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_employee(self) -> bool:
        """Whether this is an account of staff, which needs a second factor."""
        return self.kind == Kind.STAFF


def _administrators_stay_apart() -> pgtrigger.Trigger:
    """An administrator of the system holds no other role at the same time."""
    administrators = "('system_admin', 'security_admin', 'audit_admin')"
    return pgtrigger.Trigger(
        name="administrators_stay_apart",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            PERFORM FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
            IF EXISTS (
                SELECT FROM accounts_appointment other
                JOIN places_post theirs ON theirs.id = other.post_id
                JOIN places_post ours ON ours.id = NEW.post_id
                WHERE other.user_id = NEW.user_id AND other.id <> NEW.id
                    AND theirs.role <> ours.role
                    AND (theirs.role IN {administrators} OR ours.role IN {administrators})
                    AND daterange(other.valid_from, other.valid_to)
                        && daterange(NEW.valid_from, NEW.valid_to)
            ) THEN
                RAISE EXCEPTION 'administrators stay apart' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


@tracked
class Appointment(Dated):
    """Somebody holds a post, from one day until before another."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    post = models.ForeignKey(
        "places.Post", models.PROTECT, related_name="appointments", verbose_name=_("post")
    )
    granted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appointed by"),
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["user__username", "post_id"]
        constraints = [
            CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="accounts_appointment_dates_in_order",
            ),
            CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")),
                name="accounts_appointment_not_by_oneself",
            ),
            UniqueConstraint(
                fields=["user", "post"],
                condition=Q(valid_to=None),
                name="accounts_appointment_open_once",
            ),
        ]
        triggers = [_administrators_stay_apart()]

    def __str__(self) -> str:
        return f"{self.user} · {self.post}"


class FormerPassword(models.Model):
    """A hash that an account had: the last few are not taken again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["user", "-at"], name="accounts_former_password")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"
