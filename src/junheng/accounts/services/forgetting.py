"""What this room deletes when due: accounts of families, sign-ins, addresses, codes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.accounts.models import Kind, PhoneCode, User
from junheng.commons import retention
from junheng.commons.retention import Clock, Due, Sweep

FAMILIES = "accounts.family"
OF_A_FAMILY = tuple(f"accounts.User.{name}" for name in ("username", "name", "phone", "phone_key"))
OF_A_SIGN_IN = ("accounts.SignIn.username", "accounts.SignIn.address")
OF_A_READING = ("accounts.ReadLog.address",)
OF_A_CODE = ("accounts.PhoneCode.address",)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    families = gettext_lazy("Accounts of families")
    sign_ins = gettext_lazy("Sign-ins")
    readings = gettext_lazy("Addresses of readings")
    codes = gettext_lazy("Codes by message")
    retention.register(
        Clock(FAMILIES, families, OF_A_FAMILY, families_due, forget_family),
        Sweep("accounts.sign_in", sign_ins, OF_A_SIGN_IN, clear_sign_ins),
        Sweep("accounts.reading", readings, OF_A_READING, clear_readings),
        Sweep("accounts.code", codes, OF_A_CODE, clear_codes),
    )


def families_due(today: date) -> Due:
    """Accounts of families that were closed, or left unused, and of which nothing is held."""
    until = today - timedelta(days=retention.days_of(OF_A_FAMILY))
    quiet = list(_unchanged_since(until).values_list("pk", flat=True))
    held = retention.tied(quiet)
    for pk in quiet:
        if pk not in held:
            yield str(pk), "", _("Nothing is held of this family any more.")


def _unchanged_since(until: date) -> QuerySet[User]:
    """Those who neither came nor were changed, such as closed, since a day."""
    rows = User.objects.filter(kind=Kind.FAMILY).exclude(retention.written_down(FAMILIES))
    history: Any = User.pgh_event_model  # type: ignore[attr-defined]  # given by @tracked
    since = history.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__date__gt=until)
    came = Q(last_login=None) | Q(last_login__date__lte=until)
    return rows.filter(came, ~Exists(since), created_at__date__lte=until).order_by("pk")


def forget_family(subject: str) -> None:
    """Empty an account and its history; nobody signs in to it again. The database checks."""
    retention.call("accounts_forget_family", int(subject))


def clear_sign_ins(until: datetime, most: int) -> int:
    """Delete old sign-ins; the database keeps half a year of them, as the law asks."""
    return retention.call("accounts_forget_sign_ins", until, most)


def clear_readings(until: datetime, most: int) -> int:
    """Take the addresses from old readings; who read what, and why, stays."""
    return retention.call("accounts_forget_addresses", until, most)


def clear_codes(until: datetime, most: int) -> int:
    """Delete what is left of codes that nobody asked for again since."""
    old = PhoneCode.objects.filter(sent_at__lt=until).order_by("pk")
    pks = list(old.values_list("pk", flat=True)[:most])
    return PhoneCode.objects.filter(pk__in=pks).delete()[0]
