"""What is held of a family's account, for the page that tells it."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from junheng.accounts.models import User
from junheng.accounts.services.families import phone_of
from junheng.accounts.services.forgetting import OF_A_FAMILY
from junheng.commons import personal, retention
from junheng.commons.personal import Held

ACCOUNT = "account"


def register() -> None:
    """Tell the house what is held here."""
    personal.register_holder(held_for)


def held_for(family: AbstractBaseUser) -> list[Held]:
    """The account: its name and telephone."""
    assert isinstance(family, User)  # noqa: S101 -- there is no other kind of account
    rows = [
        ("accounts.User.username", _("Name to sign in with"), family.username),
        ("accounts.User.phone", _("Mobile number"), phone_of(family)),
    ]
    return [
        Held(
            kind="accounts.user",
            key=str(family.pk),
            title=_("The account"),
            subject=ACCOUNT,
            path="",
            rows=[row for row in rows if row[2]],
            kept_words=_("%d days after it was last used, once nothing else is held of you")
            % retention.days_of(OF_A_FAMILY),
        )
    ]
