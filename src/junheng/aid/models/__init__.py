"""The tables of aid."""

from __future__ import annotations

from junheng.aid.models.accounts import AccountKind, PayAccount
from junheng.aid.models.answers import BankAnswer, FormerPayment, PaymentOutcome, Posting
from junheng.aid.models.batches import BatchFile, PaymentBatch, PaymentLine
from junheng.aid.models.beneficiaries import Beneficiary, BeneficiaryStage, Degree
from junheng.aid.models.budgets import BudgetLine, FormerTotal, PaysTo, Source
from junheng.aid.models.check_questions import CheckQuestion
from junheng.aid.models.check_rules import CheckAuthorisation, CheckRule, Speaks
from junheng.aid.models.checks import CheckHit, HouseholdVisit, LeftOut
from junheng.aid.models.codes import CodeList, HouseholdCode
from junheng.aid.models.differences import Difference
from junheng.aid.models.entitlements import DecidedDay, Entitlement, PersonAnswers
from junheng.aid.models.funds import Donation, EducationFund, EducationLoan, Grant
from junheng.aid.models.help import HelpKind, HelpState, HouseholdHelp
from junheng.aid.models.households import HEAD, Household, HouseholdMember, MeasureSet
from junheng.aid.models.merges import FormerVillage, VillageMerge
from junheng.aid.models.notices import NoticeObjection, PublicNotice
from junheng.aid.models.policies import AidPolicy, PolicyVersion
from junheng.aid.models.recoveries import Recovery
from junheng.aid.models.reviews import (
    Action,
    CriterionFound,
    HouseholdReview,
    ReviewLevel,
    ReviewState,
    ReviewStep,
    VillageList,
)
from junheng.aid.models.scans import SignedScan
from junheng.aid.models.statuses import Begun, HouseholdStatus, OpeningRegister, WorkClass
from junheng.aid.models.targets import VillageTarget
from junheng.aid.models.terms import AidTerm
from junheng.aid.models.told import SchoolTrait, ToldInFull

__all__ = [
    "HEAD",
    "AccountKind",
    "Action",
    "AidPolicy",
    "AidTerm",
    "BankAnswer",
    "BatchFile",
    "Begun",
    "Beneficiary",
    "BeneficiaryStage",
    "BudgetLine",
    "CheckAuthorisation",
    "CheckHit",
    "CheckQuestion",
    "CheckRule",
    "CodeList",
    "CriterionFound",
    "DecidedDay",
    "Degree",
    "Difference",
    "Donation",
    "EducationFund",
    "EducationLoan",
    "Entitlement",
    "FormerPayment",
    "FormerTotal",
    "FormerVillage",
    "Grant",
    "HelpKind",
    "HelpState",
    "Household",
    "HouseholdCode",
    "HouseholdHelp",
    "HouseholdMember",
    "HouseholdReview",
    "HouseholdStatus",
    "HouseholdVisit",
    "LeftOut",
    "MeasureSet",
    "NoticeObjection",
    "OpeningRegister",
    "PayAccount",
    "PaymentBatch",
    "PaymentLine",
    "PaymentOutcome",
    "PaysTo",
    "PersonAnswers",
    "PolicyVersion",
    "Posting",
    "PublicNotice",
    "Recovery",
    "ReviewLevel",
    "ReviewState",
    "ReviewStep",
    "SchoolTrait",
    "SignedScan",
    "Source",
    "Speaks",
    "ToldInFull",
    "VillageList",
    "VillageMerge",
    "VillageTarget",
    "WorkClass",
]
