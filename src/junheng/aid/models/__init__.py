"""The tables of aid."""

from __future__ import annotations

from junheng.aid.models.accounts import AccountKind, PayAccount
from junheng.aid.models.answers import BankAnswer, FormerPayment, PaymentOutcome, Posting
from junheng.aid.models.batches import BatchFile, PaymentBatch, PaymentLine
from junheng.aid.models.budgets import BudgetLine, FormerTotal, PaysTo, Source
from junheng.aid.models.codes import CodeList, HouseholdCode
from junheng.aid.models.help import HelpKind, HelpState, HouseholdHelp
from junheng.aid.models.households import HEAD, Household, HouseholdMember, MeasureSet
from junheng.aid.models.reviews import (
    Action,
    CriterionFound,
    HouseholdReview,
    ReviewLevel,
    ReviewState,
    ReviewStep,
    VillageList,
)
from junheng.aid.models.statuses import Begun, HouseholdStatus, OpeningRegister, WorkClass
from junheng.aid.models.targets import VillageTarget

__all__ = [
    "HEAD",
    "AccountKind",
    "Action",
    "BankAnswer",
    "BatchFile",
    "Begun",
    "BudgetLine",
    "CodeList",
    "CriterionFound",
    "FormerPayment",
    "FormerTotal",
    "HelpKind",
    "HelpState",
    "Household",
    "HouseholdCode",
    "HouseholdHelp",
    "HouseholdMember",
    "HouseholdReview",
    "HouseholdStatus",
    "MeasureSet",
    "OpeningRegister",
    "PayAccount",
    "PaymentBatch",
    "PaymentLine",
    "PaymentOutcome",
    "PaysTo",
    "Posting",
    "ReviewLevel",
    "ReviewState",
    "ReviewStep",
    "Source",
    "VillageList",
    "VillageTarget",
    "WorkClass",
]
