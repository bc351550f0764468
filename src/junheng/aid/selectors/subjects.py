"""Who stands behind the keys of payments."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from junheng.registry.facade import names_by_id


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """Names by subject; whoever is not known is left out."""
    found = names_by_id(UUID(subject) for subject in set(subjects))
    return {str(key): name for key, name in found.items() if name}
