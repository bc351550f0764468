"""Identity numbers and the like, sealed in the database (SM4-GCM) and found by a blind index.

A sealed value is bound to its field and row: moved to another row it does not open, so nobody
with access to the tables alone can give one child the number of another. The first byte names
the version of the key, so keys can change while old values still open.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

NONCE_BYTES = 12
TAG_BYTES = 16
INDEX_BYTES = 20
TOKEN_BYTES = 8
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015]+")


_INDEX_KEY: ContextVar[str] = ContextVar("index_key", default="")


@contextmanager
def index_key(key: str) -> Iterator[None]:
    """Make blind indexes inside with another key than the installation's, in hexadecimal."""
    token = _INDEX_KEY.set(key)
    try:
        yield
    finally:
        _INDEX_KEY.reset(token)


@dataclass(frozen=True, slots=True)
class _Steady:
    """Keys as they were read, and the fingerprints that were made with them, by purpose and text.

    Of a district's numbers each is looked up, compared and written, and made once.
    """

    keys: Mapping[str, Any]
    newest: int
    made: dict[tuple[str, str], str] = field(default_factory=dict)


_STEADY: ContextVar[_Steady | None] = ContextVar("steady_keys", default=None)


@contextmanager
def steady_keys() -> Iterator[None]:
    """Read the keys once for all that is sealed and indexed inside, however deep.

    Elsewhere their file is looked at for every value, so that a change is seen at once; where
    values come by the hundred thousand in one transaction that look is most of the work.
    """
    if _STEADY.get() is not None:
        yield
        return
    keys = {purpose: settings.KEYS[purpose] for purpose in ("sealing", "blind_index")}
    token = _STEADY.set(_Steady(keys, _newest(keys)))
    try:
        yield
    finally:
        _STEADY.reset(token)


def _keys() -> Mapping[str, Any]:
    steady = _STEADY.get()
    return settings.KEYS if steady is None else steady.keys


class SealBroken(ValueError):
    """A sealed value does not open here: it was changed, moved, or its key is gone."""


class Sealed(bytes):
    """Ciphertext, told apart from text that is still to be sealed."""

    __slots__ = ()


def seal(text: str, bound_to: str) -> Sealed:
    """Seal a text with the newest key.

    Args:
        text: What nobody should read in the database.
        bound_to: Field and row; the same is needed to open it.
    """
    return seal_bytes(text.encode(), bound_to)


def seal_bytes(data: bytes, bound_to: str) -> Sealed:
    """The same for a file that fits into memory, such as a photo.

    It is one message and not many pieces: nothing of it is read before all of it was checked, and
    how pieces hang together would be a scheme of our own.
    """
    version = newest_version()
    nonce = os.urandom(NONCE_BYTES)
    encryptor = Cipher(_cipher(_key(version)), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound_to.encode())
    hidden = encryptor.update(data) + encryptor.finalize()
    return Sealed(bytes([version]) + nonce + encryptor.tag + hidden)


def newest_version() -> int:
    """The version of the key that seals from now on."""
    steady = _STEADY.get()
    return _newest(settings.KEYS) if steady is None else steady.newest


def _newest(keys: Mapping[str, Any]) -> int:
    return max(map(int, keys["sealing"]))


def version_of(sealed: bytes) -> int:
    """The version of the key that a value was sealed with."""
    return sealed[0]


def unseal(sealed: bytes, bound_to: str) -> str:
    """Open a sealed text.

    Raises:
        SealBroken: If it was changed, belongs to another field or row, or its key is gone.
    """
    return unseal_bytes(sealed, bound_to).decode()


def unseal_bytes(sealed: bytes, bound_to: str) -> bytes:
    """Open a sealed file.

    Raises:
        SealBroken: If it was changed, belongs elsewhere, or its key is gone.
    """
    if not sealed:
        raise SealBroken(f"the sealed value of {bound_to} is empty")
    version, rest = version_of(sealed), sealed[1:]
    nonce, tag = rest[:NONCE_BYTES], rest[NONCE_BYTES : NONCE_BYTES + TAG_BYTES]
    try:
        decryptor = Cipher(_cipher(_key(version)), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound_to.encode())
        opened = decryptor.update(rest[NONCE_BYTES + TAG_BYTES :]) + decryptor.finalize()
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"the sealed value of {bound_to} does not open") from error
    return opened


def blind_index(text: str, purpose: str = "") -> str:
    """A fingerprint by which a sealed value is found: equal texts, equal fingerprints.

    White space, hyphens, case and full-width forms make no difference. Numbers of which there
    are few (phones) can be tried out by whoever holds the key, so it is a secret like the others.

    Args:
        text: The value in the clear.
        purpose: Keeps fields apart that must not be compared with each other.
    """
    steady = _STEADY.get()
    if steady is None or _INDEX_KEY.get():
        return _base32(_fingerprint(text, purpose)[:INDEX_BYTES])
    made = steady.made.get((purpose, text))
    if made is None:
        made = _base32(_fingerprint(text, purpose)[:INDEX_BYTES])
        steady.made[purpose, text] = made
    return made


def _base32(data: bytes) -> str:
    """As RFC 4648 has it, without padding; the standard library takes twice as long."""
    number = int.from_bytes(data, "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [first + second for first in _BASE32 for second in _BASE32]
_SHIFTS = range(INDEX_BYTES * 8 - 10, -1, -10)


def blind_token(text: str, purpose: str) -> int:
    """The same in eight bytes, where a value has many and they fill a table of their own.

    Args:
        text: A part of a value, such as the beginning of a name.
        purpose: Keeps kinds of parts apart.
    """
    return int.from_bytes(_fingerprint(text, purpose)[:TOKEN_BYTES], "big", signed=True)


def _fingerprint(text: str, purpose: str) -> bytes:
    key = _INDEX_KEY.get() or _keys()["blind_index"]
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    mac = _mac(key).copy()
    mac.update(f"{purpose}\0{plain}".encode())
    return mac.finalize()


class BlindIndexField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """A column with a blind index; each has to be named to `resealing.register_index`.

    For the database, and so for migrations, it is a column of text like others.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class SealedAttribute(DeferredAttribute):
    """Opens the value when it is asked for: a list of a thousand rows opens none of them."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls) if instance is None else self._stored(instance)
        if isinstance(value, Sealed):
            field: Any = self.field
            return unseal(value, field.bound(instance))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value

    def _stored(self, instance: Any) -> Any:
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        return instance.__dict__[self.field.attname]


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text in the program, ciphertext in the database.

    It is written by `save()` and `bulk_create()`, which know the row; `update()`, filters and
    ordering refuse. To find rows, keep a `blind_index` beside it.

    Args:
        bound_to: A field of the same row that is set before the first save and never changes,
            such as a UUID.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, bound_to: str, **kwargs: Any) -> None:
        self.bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound_to": self.bound_to}

    def check(self, **kwargs: Any) -> list[Any]:
        return [*super().check(**kwargs), *self._check_bound_to()]

    def bound(self, instance: models.Model) -> str:
        """Field and row; the rows of a history are bound to what they are the history of."""
        row = getattr(instance, self.bound_to)
        if row is None:
            raise ValueError(f"{self.bound_to} must be set before {self.name} can be sealed")
        return self._bound_to_row(row)

    def _bound_to_row(self, row: object) -> str:
        return f"{_bound_to_field(self.model, self.name)}:{row}"

    def sealed(self, row: object, text: str | None) -> Sealed | None:
        """A text as a row has it, for writing by COPY.

        Args:
            row: The value of the field that it is bound to.
            text: The text; None stays None.
        """
        return None if text is None else seal(text, self._bound_to_row(row))

    def opened(self, row: object, value: Sealed | None) -> str:
        """A text that came by `values_list()`, without its row; "" for None.

        Args:
            row: The value of the field that it is bound to.
            value: As the database has it.

        Raises:
            SealBroken: If it was changed, belongs to another field or row, or its key is gone.
        """
        return "" if value is None else unseal(value, self._bound_to_row(row))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        value = model_instance.__dict__[self.attname]
        if isinstance(value, str):
            return seal(value, self.bound(model_instance))
        return value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str):
            raise TypeError(
                f"{self.name} is sealed: write it by save() or bulk_create(), "
                "find it by its blind index"
            )
        return super().get_prep_value(value)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value

    def _check_bound_to(self) -> list[checks.CheckMessage]:
        names = {field.name for field in self.model._meta.concrete_fields}
        if self.bound_to in names - {self.name}:
            return []
        hint = "name a field of the same row that never changes"
        return [checks.Error(f"bound_to={self.bound_to!r}", hint, self, "commons.E001")]


@lru_cache(maxsize=256)
def _bound_to_field(model: type[models.Model], name: str) -> str:
    of: type[models.Model] = getattr(model, "pgh_tracked_model", None) or model
    return f"{of._meta.label_lower}.{name}"


def _key(version: int) -> str:
    found: str | None = _keys()["sealing"].get(str(version))
    if found is None:
        raise ValueError(f"there is no key of version {version}")
    return found


@lru_cache(maxsize=8)
def _cipher(key: str) -> algorithms.SM4:
    return algorithms.SM4(bytes.fromhex(key))


@lru_cache(maxsize=8)
def _mac(key: str) -> hmac.HMAC:
    return hmac.HMAC(bytes.fromhex(key), hashes.SM3())
