"""Accounts of families: one for each telephone, made the first time a code for it is right."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password

from junheng.accounts.models import Kind, User
from junheng.commons.by_key import ByKey
from junheng.commons.made_once import Insertion
from junheng.commons.masks import mask_phone
from junheng.commons.sealing import blind_index
from junheng.kernel.mobile import mobile


def phone_key(phone: str) -> str:
    """What a family's account is found by: a blind index of its telephone."""
    return blind_index(phone, "accounts.phone")


def phone_key_of(user: User) -> str:
    """The same of an account, or of an event in its history; blank where there is no telephone."""
    return phone_key(str(user.phone)) if user.phone else ""


def phone_of(user: User) -> str:
    """A family's telephone; blank for staff and for families that sign in by name."""
    return str(user.phone) if user.phone else ""


account_by_phone = ByKey(User, "phone_key")
new_account = Insertion(User, unless_there=True)


def known_family(phone: str) -> User | None:
    """The account of a telephone, if there is one."""
    return account_by_phone(phone_key(phone))


def family_of_phone(phone: str) -> User:
    """The account of a family, made where there is none: in one query, or three.

    Raises:
        NotMobile: If this is no mobile number.
    """
    number = mobile(phone)
    return known_family(number) or _made(number)


def _made(number: str) -> User:
    """A new account; two at the same moment are one."""
    made = User(
        username=f"family-{secrets.token_hex(8)}",
        name=mask_phone(number),
        kind=Kind.FAMILY,
        phone=number,
        phone_key=phone_key(number),
        password=make_password(None),
    )
    return made if new_account(made) else User.objects.get(phone_key=made.phone_key)
