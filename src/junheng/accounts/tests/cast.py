"""The recurring cast: Li runs admissions, Wang heads a school, Zhao is a mother, Qian a stranger.

All of them live in Yunhuai, an invented county; Qian works in the next one. Every builder may be
called again and gives the same person. `person()` makes anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from junheng.accounts.models import Appointment, Kind, User
from junheng.places.models import Level, Organisation, OrganisationKind, Place, Post, Role

PASSWORD = "Sunny-meadow-7"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PROVINCE, PREFECTURE, COUNTY, NEXT_COUNTY = "99", "9901", "990100", "990200"
TOWNSHIP, NEXT_TOWNSHIP, VILLAGE = "990100001", "990100002", "990100001001"


def place(code: str, name: str, level: Level, parent: str = "") -> Place:
    """A place, made where it is not there yet."""
    above = Place.objects.get(code=parent) if parent else None
    found, _ = Place.objects.get_or_create(
        code=code, defaults={"name": name, "level": level, "parent": above}
    )
    return found


def counties() -> Place:
    """Two counties of an invented prefecture, with two townships and a village in the first."""
    known = Place.objects.in_bulk([COUNTY, VILLAGE], field_name="code")
    if VILLAGE in known:  # the last one made: builders ask for all of them again and again
        return known[COUNTY]
    place(PROVINCE, "Yunling Province", Level.PROVINCE)
    place(PREFECTURE, "Yunzhou City", Level.PREFECTURE, PROVINCE)
    county = place(COUNTY, "Yunhuai County", Level.COUNTY, PREFECTURE)
    place(NEXT_COUNTY, "Linhe County", Level.COUNTY, PREFECTURE)
    place(TOWNSHIP, "Chengguan Township", Level.TOWNSHIP, COUNTY)
    place(NEXT_TOWNSHIP, "Beihe Township", Level.TOWNSHIP, COUNTY)
    place(VILLAGE, "East Village", Level.VILLAGE, TOWNSHIP)
    return county


def organisation(
    code: str,
    kind: OrganisationKind,
    *,
    at: str = COUNTY,
    name: str = "",
    part_of: Organisation | None = None,
) -> Organisation:
    """An organisation at a place of the two counties."""
    known: Organisation | None = Organisation.objects.filter(code=code).first()
    if known is not None:
        return known
    counties()
    return Organisation.objects.create(
        code=code,
        name=name or code,
        kind=kind,
        place=Place.objects.get(code=at),
        parent=part_of,
    )


def bureau(at: str = COUNTY) -> Organisation:
    """The education bureau of a county."""
    return organisation(f"{at}-bureau", OrganisationKind.BUREAU, at=at, name=f"Bureau of {at}")


def township_office() -> Organisation:
    """The education office of Chengguan Township."""
    return organisation(f"{TOWNSHIP}-office", OrganisationKind.TOWNSHIP_OFFICE, at=TOWNSHIP)


def village_committee() -> Organisation:
    """The committee of East Village."""
    return organisation(f"{VILLAGE}-committee", OrganisationKind.VILLAGE_COMMITTEE, at=VILLAGE)


def school(code: str = "school-1", *, at: str = TOWNSHIP) -> Organisation:
    """A primary school in a township."""
    return organisation(code, OrganisationKind.PRIMARY, at=at, name=f"Primary School {code}")


def post(role: Role, at: Organisation) -> Post:
    """A post with this role at an organisation."""
    return Post.objects.get_or_create(
        organisation=at, role=role, defaults={"title": str(role.label)}
    )[0]


def person(
    username: str,
    role: Role | None = None,
    at: Organisation | None = None,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    second_factor: bool = True,
) -> User:
    """Somebody of staff with a second factor, appointed to a post where a role is given."""
    home = at or bureau()
    user = account(username, Kind.STAFF, home)
    if second_factor and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, SECRET)
    if role is not None:
        Appointment.objects.get_or_create(
            user=user, post=post(role, home), valid_from=valid_from, valid_to=valid_to
        )
    return user


def account(username: str, kind: Kind, home: Organisation | None = None) -> User:
    """An account whose password is `PASSWORD`; hashing it once is enough for all tests."""
    known = User.objects.filter(username=username).first()
    return known or User.objects.create(
        username=username, password=_hashed(), name=username.title(), kind=kind, home=home
    )


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def li() -> User:
    """Li, admissions officer at the bureau of Yunhuai."""
    return person("li", Role.ADMISSIONS_OFFICER, bureau())


def wang() -> User:
    """Wang, head of Primary School school-1."""
    return person("wang", Role.SCHOOL_HEAD, school())


def zhao() -> User:
    """Zhao, a mother."""
    return account("zhao", Kind.FAMILY)


def qian() -> User:
    """Qian, clerk of a school in the next county, who should see nothing of this one."""
    return person("qian", Role.SCHOOL_CLERK, school("school-9", at=NEXT_COUNTY))


def sun() -> User:
    """Sun, clerk of Primary School school-1."""
    return person("sun", Role.SCHOOL_CLERK, school())


def zhou() -> User:
    """Zhou, education officer of Chengguan Township."""
    return person("zhou", Role.TOWNSHIP_OFFICER, township_office())


def wu() -> User:
    """Wu, leader of the bureau."""
    return person("wu", Role.BUREAU_LEADER, bureau())


def zheng() -> User:
    """Zheng, auditor at the bureau."""
    return person("zheng", Role.AUDITOR, bureau())


def ma() -> User:
    """Ma, aid officer at the bureau."""
    return person("ma", Role.AID_OFFICER, bureau())


def xu() -> User:
    """Xu, finance officer at the bureau."""
    return person("xu", Role.FINANCE_OFFICER, bureau())


def tian() -> User:
    """Tian, officer of East Village."""
    return person("tian", Role.VILLAGE_OFFICER, village_committee())


def feng() -> User:
    """Feng, system administrator."""
    return person("feng", Role.SYSTEM_ADMIN, bureau())


def chen() -> User:
    """Chen, security administrator."""
    return person("chen", Role.SECURITY_ADMIN, bureau())


def wei() -> User:
    """Wei, audit administrator."""
    return person("wei", Role.AUDIT_ADMIN, bureau())


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody at once, by what they do."""

    by_role: dict[str, User]
    stranger: User
    family: User


def everybody() -> Cast:
    """One person per role in Yunhuai, the stranger, and a family."""
    staff = {
        Role.BUREAU_LEADER: wu(),
        Role.ADMISSIONS_OFFICER: li(),
        Role.TOWNSHIP_OFFICER: zhou(),
        Role.SCHOOL_CLERK: sun(),
        Role.SCHOOL_HEAD: wang(),
        Role.AUDITOR: zheng(),
        Role.AID_OFFICER: ma(),
        Role.FINANCE_OFFICER: xu(),
        Role.VILLAGE_OFFICER: tian(),
        Role.SYSTEM_ADMIN: feng(),
        Role.SECURITY_ADMIN: chen(),
        Role.AUDIT_ADMIN: wei(),
    }
    return Cast({str(role): user for role, user in staff.items()}, stranger=qian(), family=zhao())
