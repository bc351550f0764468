"""The log of sign-ins, and who has to wait: nobody is locked out for what a neighbour does.

Three brakes, each narrow. Five wrong tries lock one name at one address (django-axes). Many names
tried wrongly from one address make that address wait, and many wrong tries of one name from
anywhere make that name wait; but an account that has signed in from an address lately always
passes there. So a school behind one address goes on working while somebody guesses behind it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from junheng.accounts.models import Outcome, SignIn, User

ADDRESS_WINDOW = timedelta(minutes=10)
NAMES_PER_ADDRESS = 10
"""So many different names may be wrong within the window, beyond those that were right."""

NAME_WINDOW = timedelta(hours=24)
TRIES_PER_NAME = 50
KNOWN_FOR = timedelta(days=30)

CODE_WINDOW = timedelta(minutes=15)
TRIES_PER_CODE = 5


def note_sign_in(
    request: HttpRequest, outcome: Outcome, *, user: User | None = None, username: str = ""
) -> SignIn:
    """Write down a try or a leaving.

    Args:
        request: Where it came from.
        outcome: What became of it.
        user: Whose account, where it is known.
        username: What was typed otherwise; looked up, and kept only if it is an account's.
    """
    account = user or User.objects.filter(username=username).select_related("home").first()
    return SignIn.objects.create(
        user=account,
        username=_kept_name(username, account),
        home_path=account.home.path if account and account.home else "",
        outcome=outcome,
        address=address_of(request),
        agent=request.headers.get("user-agent", "")[:200],
    )


def _kept_name(username: str, account: User | None) -> str:
    """The account's name; of anything else a mark, since people type passwords there."""
    if account is not None:
        return account.username
    return f"?{salted_hmac('accounts.sign_in', username).hexdigest()[:12]}"


def address_of(request: HttpRequest, *_credentials: Any) -> str | None:
    """The visitor's network address, behind as many proxies as the settings name."""
    try:
        address: str = get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # a socket of the same machine has none
        return None
    return address


def must_wait(request: HttpRequest, username: str) -> bool:
    """Whether a sign-in with this name from this address has to wait now."""
    account = User.objects.filter(username=username).first()
    name, address, now = _kept_name(username, account), address_of(request), timezone.now()
    crowded = _crowded(address, now) or _hammered(name, now)
    return crowded and not known_here(name, address, now)


def _crowded(address: str | None, now: Any) -> bool:
    names = SignIn.objects.filter(address=address, at__gt=now - ADDRESS_WINDOW).aggregate(
        wrong=Count("username", filter=Q(outcome=Outcome.WRONG), distinct=True),
        right=Count("username", filter=Q(outcome=Outcome.SIGNED_IN), distinct=True),
    )
    return bool(names["wrong"] >= NAMES_PER_ADDRESS + names["right"])


def _hammered(name: str, now: Any) -> bool:
    tries = SignIn.objects.filter(username=name, outcome=Outcome.WRONG, at__gt=now - NAME_WINDOW)
    return tries.count() >= TRIES_PER_NAME


def known_here(name: str, address: str | None, now: Any) -> bool:
    """Whether an account has signed in from an address lately: it always passes there."""
    return SignIn.objects.filter(
        username=name, address=address, outcome=Outcome.SIGNED_IN, at__gt=now - KNOWN_FOR
    ).exists()


def has_used_up_codes(user: User) -> bool:
    """Whether too many wrong second factors came since the last sign-in; the password was right."""
    since = timezone.now() - CODE_WINDOW
    recent = SignIn.objects.filter(username=user.username, at__gt=since)
    last = recent.filter(outcome=Outcome.SIGNED_IN).first()
    wrong = recent.filter(outcome=Outcome.WRONG_CODE, at__gt=last.at if last else since)
    return wrong.count() >= TRIES_PER_CODE


# ------------------------------------------------------------------------ what signals tell


def on_sign_in(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """Signed in, second factor included."""
    note_sign_in(request, Outcome.SIGNED_IN, user=user)


def on_wrong_password(
    credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    """A wrong name or password, or a right one while locked."""
    if request is None:
        return
    locked = getattr(request, "axes_locked_out", False)
    outcome = Outcome.LOCKED if locked else Outcome.WRONG
    note_sign_in(request, outcome, username=str(credentials.get("username", "")))


def on_wrong_code(request: HttpRequest, user: User, **_kwargs: Any) -> None:
    """A right password and a wrong second factor."""
    note_sign_in(request, Outcome.WRONG_CODE, user=user)


def on_sign_out(request: HttpRequest, user: User | None, **_kwargs: Any) -> None:
    """Signed out, or was signed out after a while without use."""
    if user is not None:
        if not user.is_employee:  # its session lies in the browser, and a copy of it must end too
            User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
        idle = getattr(request, "was_idle", False)
        note_sign_in(request, Outcome.IDLE if idle else Outcome.SIGNED_OUT, user=user)
