"""Who sees rows of households at all; within their scope, and nobody else."""

from __future__ import annotations

from junheng.accounts.facade import Role

SEES_HOUSEHOLDS = frozenset(
    {
        *(Role.AID_OFFICER, Role.BUREAU_LEADER, Role.AUDITOR),
        *(Role.VILLAGE_OFFICER, Role.TOWNSHIP_OFFICER),
    }
)
"""Those in charge at the bureau, and village and township for their own place."""
