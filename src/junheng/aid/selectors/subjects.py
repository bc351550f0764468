"""Who stands behind the keys of payments."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from junheng.aid.models import Beneficiary
from junheng.registry.facade import names_by_id


def names_of(subjects: Iterable[str]) -> dict[str, str]:
    """Names by subject; whoever is not known is left out."""
    wanted = {UUID(subject) for subject in subjects}
    found = names_by_id(wanted)
    others = wanted - found.keys()
    if others:
        rows = Beneficiary.objects.filter(pk__in=others).only("pk", "name")
        found |= {row.pk: str(row.name or "") for row in rows}
    return {str(key): name for key, name in found.items() if name}
