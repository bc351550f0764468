"""Connecting a register, and ending the connection."""

from __future__ import annotations

import re
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from junheng.accounts.facade import User
from junheng.commons.refusals import Refusal
from junheng.evidence.files.descriptions import read_description
from junheng.evidence.models import Connection, Register

FOLDER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class NameTaken(Refusal):
    """Two connections of one place would bear one name."""


class NoSecret(Refusal):
    """Requests would be signed with nothing."""


class NoSuchFolder(Refusal):
    """A folder that cannot be one, or that another connection has."""


def connect_tables(
    *,
    name: str,
    register: Register,
    path: str,
    contact: str = "",
    fresh_days: int = 35,
    folder: str = "",
    by: User | None = None,
) -> Connection:
    """A register that a department delivers as tables.

    Raises:
        NameTaken: If the place has a connection of this name.
        NoSuchFolder: If the folder's name is none, or another connection has it.
    """
    with transaction.atomic():
        _refuse_taken(name, path)
        if folder:
            _refuse_folder(folder)
        return Connection.objects.create(
            name=name,
            register=register,
            path=path,
            contact=contact,
            fresh_days=fresh_days,
            folder=folder,
            opened_by=by,
        )


def connect_service(
    *,
    name: str,
    register: Register,
    path: str,
    description: str,
    secret: str = "",
    contact: str = "",
    by: User | None = None,
) -> Connection:
    """A register that is asked as a service.

    Raises:
        NameTaken: If the place has a connection of this name.
        NoSecret: If requests are to be signed and there is nothing to sign them with.
        Refused: If the description is not complete, or its host is not allowed.
    """
    read = read_description(description, register, allowed=settings.REGISTER_HOSTS)
    if read.key_id and not secret:
        raise NoSecret(_("Requests are to be signed: enter the secret."))
    with transaction.atomic():
        _refuse_taken(name, path)
        return Connection.objects.create(
            name=name,
            register=register,
            path=path,
            way=Connection.Way.SERVICE,
            description=description,
            secret=secret or None,
            contact=contact,
            opened_by=by,
        )


def describe_anew(connection: Connection, *, description: str, secret: str = "") -> None:
    """Change how a service is asked; without a secret it keeps the one it has.

    Raises:
        Refused: If the description is not complete, or its host is not allowed.
    """
    read_description(description, connection.register, allowed=settings.REGISTER_HOSTS)
    with transaction.atomic():
        fresh = Connection.objects.select_for_update().get(pk=connection.pk)
        fresh.description = description
        fresh.secret = secret or fresh.secret
        fresh.save()


def end_connection(connection: Connection, *, on: date) -> None:
    """Ask it no more; what was found stays."""
    with transaction.atomic():
        fresh = Connection.objects.select_for_update().get(pk=connection.pk)
        if fresh.ended_on is None:
            fresh.ended_on = on
            fresh.save()


def _refuse_folder(folder: str) -> None:
    if not FOLDER.fullmatch(folder):
        raise NoSuchFolder(_("A folder's name has small letters, digits and hyphens only."))
    if Connection.objects.active().filter(folder=folder).exists():
        raise NoSuchFolder(_("Another connection is served from this folder."))


def _refuse_taken(name: str, path: str) -> None:
    if Connection.objects.filter(name=name, path=path).exists():
        raise NameTaken(_("There is a connection “%s” already; choose another name.") % name)
