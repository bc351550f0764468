"""Tables of admission rounds: what was loaded, what was run, what came of it.

What was loaded never changes (loading again makes a new `RoundInput`), and what a run decided
never changes either; both are kept by triggers, for everybody who speaks to the database.
"""

from junheng.admissions.models.acts import (
    Contribution,
    FrozenList,
    PublicEvent,
    RoundAct,
)
from junheng.admissions.models.answers import AnswerPeriod, OfferAnswer, OfferedSchool
from junheng.admissions.models.applications import (
    Application,
    ApplicationDraft,
    HouseClaim,
    NoticeText,
    Verification,
    VerificationRules,
)
from junheng.admissions.models.calendar import RoundDate
from junheng.admissions.models.inputs import (
    RoundApplicant,
    RoundChoice,
    RoundSchool,
    RoundZone,
    RoundZoneSchool,
)
from junheng.admissions.models.letters import (
    CheckInDesk,
    Letter,
    LetterPrint,
    PrintedLetter,
    RoundPapers,
)
from junheng.admissions.models.materials import (
    Case,
    Duty,
    Material,
    MaterialList,
    ProofMatter,
    RoundContact,
)
from junheng.admissions.models.objections import Objection
from junheng.admissions.models.packs import PublicPack
from junheng.admissions.models.plans import PlanBatch, PlannedIntake
from junheng.admissions.models.quotas import (
    QuotaCandidate,
    QuotaPlacement,
    QuotaPlan,
    QuotaRun,
    QuotaSchool,
    QuotaShare,
    SelectiveSchool,
)
from junheng.admissions.models.results import (
    Placement,
    PlacementReasons,
    RoundRun,
    RunOutcome,
    SchoolResult,
)
from junheng.admissions.models.rounds import Round, RoundInput, RoundUpload
from junheng.admissions.models.seats import SeatDecision
from junheng.admissions.models.waiting import Attendance, CallUp, SeatOffer

__all__ = [
    "AnswerPeriod",
    "Application",
    "ApplicationDraft",
    "Attendance",
    "CallUp",
    "Case",
    "CheckInDesk",
    "Contribution",
    "Duty",
    "FrozenList",
    "HouseClaim",
    "Letter",
    "LetterPrint",
    "Material",
    "MaterialList",
    "NoticeText",
    "Objection",
    "OfferAnswer",
    "OfferedSchool",
    "Placement",
    "PlacementReasons",
    "PlanBatch",
    "PlannedIntake",
    "PrintedLetter",
    "ProofMatter",
    "PublicEvent",
    "PublicPack",
    "QuotaCandidate",
    "QuotaPlacement",
    "QuotaPlan",
    "QuotaRun",
    "QuotaSchool",
    "QuotaShare",
    "Round",
    "RoundAct",
    "RoundApplicant",
    "RoundChoice",
    "RoundContact",
    "RoundDate",
    "RoundInput",
    "RoundPapers",
    "RoundRun",
    "RoundSchool",
    "RoundUpload",
    "RoundZone",
    "RoundZoneSchool",
    "RunOutcome",
    "SchoolResult",
    "SeatDecision",
    "SeatOffer",
    "SelectiveSchool",
    "Verification",
    "VerificationRules",
]
