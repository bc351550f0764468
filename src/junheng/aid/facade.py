"""What other rooms may ask of aid."""

from __future__ import annotations

from junheng.aid.demo.households import Crew as HouseholdCrew
from junheng.aid.demo.households import load_households
from junheng.aid.demo.load import start_demonstration
from junheng.aid.snapshots.export import NoSuchTerm, TermsDiffer, export_term

__all__ = [
    "HouseholdCrew",
    "NoSuchTerm",
    "TermsDiffer",
    "export_term",
    "load_households",
    "start_demonstration",
]
