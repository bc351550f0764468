"""A person of staff who did something: whoever it was stays named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def person(verbose_name: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """A column that names a member of staff."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=verbose_name,
        **options,
    )
