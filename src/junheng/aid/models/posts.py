"""Whose rows of aid are whose to see: few, since poverty is nobody else's business."""

from __future__ import annotations

from junheng.accounts.facade import Role

IN_CHARGE = frozenset({Role.AID_OFFICER, Role.BUREAU_LEADER, Role.AUDITOR})
"""Of the bureau, who sees everything within their scope."""

AT_SCHOOL = frozenset({Role.SCHOOL_CLERK, Role.SCHOOL_HEAD})
"""Who sees their school's pupils: entitled and paid, never a household's file."""

IN_VILLAGES = frozenset({Role.VILLAGE_OFFICER, Role.TOWNSHIP_OFFICER})
"""Who reviews households of their village or township."""

PAYERS = frozenset({Role.FINANCE_OFFICER})
"""Who sends a batch to the bank and takes its answer in: never who made or checked it."""

SEES_HOUSEHOLDS = IN_CHARGE | IN_VILLAGES
"""Who sees rows of households at all: those in charge, village and township for their own place."""
