"""The sealed secrets of second factors lie in a library's table; here they are sealed again."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from junheng.commons.resealing import Elsewhere, is_old
from junheng.commons.sealing import SealBroken, seal, unseal, version_of

BOUND_TO = "mfa.authenticator.data"
"""Allauth gives no row to bind a secret to."""
SECRETS = ("secret", "seed", "migrated_codes")


def carried() -> Counter[int]:
    """How many secrets carry each version of the key."""
    return Counter(
        version_of(base64.b64decode(each))
        for factor in Authenticator.objects.all()
        for each in _secrets(factor.data)
    )


def reseal() -> tuple[int, int]:
    """Seal with the newest key what has an older one: how many, and how many do not open."""
    done = broken = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor is None:
                continue
            try:
                fresh, count = _again(factor.data)
            except SealBroken:
                broken += 1
                continue
            if count:
                factor.data = fresh
                factor.save(update_fields=["data"])
                done += count
    return done, broken


def _again(data: dict[str, Any]) -> tuple[dict[str, Any], int]:
    changed: list[str] = []

    def renew(text: str) -> str:
        if not is_old(base64.b64decode(text)):
            return text
        changed.append(text)
        return base64.b64encode(seal(unseal(base64.b64decode(text), BOUND_TO), BOUND_TO)).decode()

    fresh = {
        name: _each(value, renew) if name in SECRETS else value for name, value in data.items()
    }
    return fresh, len(changed)


def _each(value: Any, renew: Callable[[str], str]) -> Any:
    return [renew(each) for each in value] if isinstance(value, list) else renew(value)


def _secrets(data: dict[str, Any]) -> Iterator[str]:
    for name in SECRETS:
        value = data.get(name, [])
        yield from value if isinstance(value, list) else [value]


SECOND_FACTORS = Elsewhere("second factors", carried, reseal)
