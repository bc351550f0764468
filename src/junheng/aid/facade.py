"""What other rooms may ask of aid."""

from __future__ import annotations

from junheng.aid.demo.beneficiaries import load_beneficiaries
from junheng.aid.demo.checks import load_checks
from junheng.aid.demo.households import Crew as HouseholdCrew
from junheng.aid.demo.households import load_households
from junheng.aid.demo.load import start_demonstration
from junheng.aid.demo.payments import Payers, load_payments
from junheng.aid.snapshots.export import NoSuchTerm, TermsDiffer, export_term

__all__ = [
    "HouseholdCrew",
    "NoSuchTerm",
    "Payers",
    "TermsDiffer",
    "export_term",
    "load_beneficiaries",
    "load_checks",
    "load_households",
    "load_payments",
    "start_demonstration",
]
