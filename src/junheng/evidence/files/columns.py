"""What a table of each register must and may have: as data, for import, template and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.commons.sheets import Column, Wrong
from junheng.kernel.faults import gettext_noop
from junheng.kernel.money import Fen, NotMoney

NUMBER = Column(
    "resident_id",
    _("Identity number"),
    kind="identifier",
    note=_("As text, 18 or 15 characters; leave blank what is not known."),
    example="990100198803140017",
)
NAME = Column("name", pgettext_lazy("of a person", "Name"), required=True, example="王大明")
BORN = Column("born_on", _("Born on"), kind="date", example="1988-03-14")
ADDRESS = Column("address", _("Address"), example="云槐县筠溪街道桂陌社区 12 号")
VILLAGE = Column(
    "place_code",
    _("Code of the village or block"),
    kind="identifier",
    note=_("Twelve digits, if the department has it."),
    example="990100001001",
)
PERSON = (NUMBER, NAME, BORN)


def _in_yuan(text: str) -> Wrong | None:
    try:
        amount = Fen.parse(text).amount
    except NotMoney:
        amount = -1
    if amount < 0:
        return Wrong(gettext_noop("“%(value)s” is not an amount in yuan."), "", {"value": text})
    return None


def _yuan(name: str, title: Any, example: str) -> Column:
    return Column(name, title, check=_in_yuan, example=example)


COLUMNS: Mapping[str, Sequence[Column]] = {
    "household": (
        *PERSON,
        Column("household_number", _("Household number"), kind="identifier", example="H00001234"),
        Column("relation", _("Relation to the head of the household"), example="子"),
        Column("registered_on", _("Registered there since"), kind="date", example="2019-06-01"),
        Column(
            "status",
            _("Status of the entry"),
            note=_("Living, died, moved away or cancelled; blank is living."),
            example="在册",
        ),
        Column("status_on", _("Status since"), kind="date", example="2025-12-03"),
        ADDRESS,
        VILLAGE,
    ),
    "real_estate": (
        NUMBER,
        NAME,
        Column(
            "certificate",
            _("Certificate number"),
            required=True,
            kind="identifier",
            example="云(2019)云槐县不动产权第0001234号",
        ),
        Column(
            "house", _("Code of the house"), kind="identifier", example="990100001001GB00012F0001"
        ),
        Column("share", _("Share"), example="100%"),
        Column("use", _("Use"), example="住宅"),
        Column("registered_on", _("Registered on"), kind="date", example="2019-06-01"),
        ADDRESS,
        VILLAGE,
    ),
    "residence_permit": (
        *PERSON,
        Column("permit", _("Number of the permit"), kind="identifier", example="9901000012345678"),
        Column("valid_from", _("Valid from"), kind="date", example="2024-03-01"),
        Column("valid_to", _("Valid until"), kind="date", example="2027-03-01"),
        ADDRESS,
        VILLAGE,
    ),
    "social_insurance": (
        NUMBER,
        NAME,
        Column("employer", _("Employer"), example="云槐县桂陌纺织厂"),
        Column("paid_from", _("Paid since"), kind="date", example="2024-03-01"),
        Column("paid_until", _("Paid until"), kind="date", example="2026-06-30"),
        Column("months", _("Months paid"), kind="integer", example="27"),
    ),
    "business_licence": (
        NUMBER,
        NAME,
        Column(
            "licence", _("Number of the licence"), kind="identifier", example="92990100MA0000001X"
        ),
        Column("business", _("Business"), example="桂陌早点铺"),
        Column("opened_on", _("Opened on"), kind="date", example="2023-05-04"),
        Column("standing", _("Standing"), example="存续"),
        _yuan("capital", _("Registered capital in yuan"), "50000"),
        ADDRESS,
        VILLAGE,
    ),
    "tax": (
        NUMBER,
        NAME,
        Column("months", _("Months paid"), kind="integer", example="27"),
        Column("paid_until", _("Paid until"), kind="date", example="2026-06-30"),
    ),
    "enrolment": (
        *PERSON,
        Column("district", _("District"), kind="identifier", required=True, example="990200"),
        Column("school", _("School"), example="榆川县第一小学"),
        Column("enrolled_on", _("On that roll since"), kind="date", example="2025-09-01"),
        Column("household_number", _("Household number"), kind="identifier", example="H00001234"),
        Column("guardian_id", _("Guardian's identity number"), kind="identifier", example=""),
        Column("guardian_phone", _("Guardian's phone"), kind="identifier", example="13800000001"),
    ),
    "payroll": (
        *PERSON,
        Column("employer", _("Employer"), example="云槐县水务所"),
        Column("paid_from", _("Paid since"), kind="date", example="2019-07-01"),
        _yuan("monthly_yuan", _("Yuan a month"), "4200"),
        VILLAGE,
    ),
    "pension": (
        *PERSON,
        Column("employer", _("Employer"), example="云槐县桂陌纺织厂"),
        Column("paid_from", _("Paid since"), kind="date", example="2021-03-01"),
        _yuan("monthly_yuan", _("Yuan a month"), "2600.50"),
        VILLAGE,
    ),
    "vehicle": (
        *PERSON,
        Column("plate", _("Number plate"), required=True, kind="identifier", example="云Z00001"),
        Column("model", _("Model"), example="小型轿车"),
        Column("registered_on", _("Registered on"), kind="date", example="2024-05-20"),
        _yuan("price", _("Price in yuan"), "98000"),
        ADDRESS,
        VILLAGE,
    ),
    "deposit": (
        *PERSON,
        Column("bank", _("Bank"), required=True, example="云槐农村商业银行"),
        _yuan("balance", _("Balance in yuan"), "120000"),
    ),
    "subsistence": (
        *PERSON,
        Column("household_number", _("Household number"), kind="identifier", example="D00001234"),
        Column("since", _("Since"), kind="date", example="2023-07-01"),
        _yuan("monthly_yuan", _("Yuan a month"), "480"),
        ADDRESS,
        VILLAGE,
    ),
    "disability": (
        *PERSON,
        Column("certificate", _("Certificate number"), kind="identifier", example="99010020260001"),
        Column("kind", _("Kind of disability"), example="肢体"),
        Column("grade", _("Grade"), example="二级"),
        ADDRESS,
        VILLAGE,
    ),
}
"""By register. Every row is about one person; `resident_id` and `name` are in all of them."""

KEYS: Mapping[str, str] = {
    "real_estate": "certificate",
    "residence_permit": "permit",
    "business_licence": "licence",
}
"""The column by which a row is found without the person, where a register has one."""


AMOUNTS: Mapping[str, str] = {
    "payroll": "monthly_yuan",
    "pension": "monthly_yuan",
    "vehicle": "price",
    "deposit": "balance",
    "business_licence": "capital",
    "subsistence": "monthly_yuan",
}
"""The column that says how much, in yuan, where a register has one."""

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "real_estate": ("certificate", "house"),
    "business_licence": ("licence", "business"),
    "payroll": ("employer",),
    "pension": ("employer",),
    "vehicle": ("plate",),
    "deposit": ("bank",),
}
"""The columns by which two deliveries speak of the same thing of a person, though figures move."""


def title_of(register: str, column: str) -> str:
    """What a column of a register is called on pages; its own name where nobody declared it."""
    for known in COLUMNS.get(register, ()):
        if known.name == column:
            return str(known.title)
    return column
