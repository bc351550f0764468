"""Schools, classes and zones as dated facts on the tree of places."""

from junheng.registry.models.addresses import AddressRange, Counted, Parity, ZoneArea
from junheng.registry.models.arrivals import Arrival
from junheng.registry.models.attendance import AttendanceMark, Mark, RollCall
from junheng.registry.models.children import SchoolAgeChildren
from junheng.registry.models.class_assignments import ClassAssignment
from junheng.registry.models.classes import OpeningCount, SchoolClass
from junheng.registry.models.drawn_pupils import DrawnPupil
from junheng.registry.models.entrants import Entrants
from junheng.registry.models.exemptions import ClassExemption
from junheng.registry.models.families import Guardian, PupilTag, Tag
from junheng.registry.models.imports import ImportOutcome
from junheng.registry.models.integrity import IntegrityFinding
from junheng.registry.models.pupils import FurtherSource, Pupil
from junheng.registry.models.resources import Resources
from junheng.registry.models.roll_overs import HeldBack, NotMoved, RollOver
from junheng.registry.models.school_titles import SchoolTitle
from junheng.registry.models.schools import LEVELS, Ownership, School, Setting
from junheng.registry.models.search import PupilSearchKey
from junheng.registry.models.staff import StaffMember, StaffPost
from junheng.registry.models.staff_titles import Honour, Training
from junheng.registry.models.standings import Movement, Standing, State
from junheng.registry.models.stretches import FindingStretch
from junheng.registry.models.transfer_rules import TransferRuleVersion
from junheng.registry.models.transfers import Transfer
from junheng.registry.models.zones import Zone, ZonePlace, ZoneSchool

__all__ = [
    "LEVELS",
    "AddressRange",
    "Arrival",
    "AttendanceMark",
    "ClassAssignment",
    "ClassExemption",
    "Counted",
    "DrawnPupil",
    "Entrants",
    "FindingStretch",
    "FurtherSource",
    "Guardian",
    "HeldBack",
    "Honour",
    "ImportOutcome",
    "IntegrityFinding",
    "Mark",
    "Movement",
    "NotMoved",
    "OpeningCount",
    "Ownership",
    "Parity",
    "Pupil",
    "PupilSearchKey",
    "PupilTag",
    "Resources",
    "RollCall",
    "RollOver",
    "School",
    "SchoolAgeChildren",
    "SchoolClass",
    "SchoolTitle",
    "Setting",
    "StaffMember",
    "StaffPost",
    "Standing",
    "State",
    "Tag",
    "Training",
    "Transfer",
    "TransferRuleVersion",
    "Zone",
    "ZoneArea",
    "ZonePlace",
    "ZoneSchool",
]
