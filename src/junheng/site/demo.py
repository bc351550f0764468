"""Fill an installation with the invented county, and run its round: `python -m junheng.site.demo`.

Safe to run at every start: what is there stays as it is. Prints the accounts to sign in with.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

SEED = "yunhuai-2026"
CONTRIBUTIONS = ("云淮的孩子都有学上", "May every class have room", "20260826")
FIGURES = "03-11-15-22-28-31+07"
HOURS = "9:00–11:30, 14:00–16:30"
BRING = "户口簿、监护人身份证、预防接种证、本通知书"
CONTACT = "云槐县招生办公室 1380000 9901"
HOTLINE, SUPERVISION = "1380000 9901", "1380000 9902"
COUNTERS = (
    "云槐县政务服务中心三楼教育窗口，府前路 1 号，工作日 9:00–17:00",
    "各乡镇（街道）教育办公室，工作日 9:00–17:00",
)
OBJECTIONS = "云槐县教育局监督电话 1380000 9902，云槐县府前路 1 号"

BORN = (date(2019, 9, 1), date(2021, 8, 31))
"""Wide enough for the invented families, of whom the registers of the demo know."""
POLICY = """\
一、凡年满六周岁、在本县居住的适龄儿童，均可报名，报名先后不影响录取。
二、按以下次序安排：（一）户籍与住房一致；（二）仅有住房；（三）仅有户籍；（四）进城务工人员随迁子女。同一次序内，公开抽签。
三、一套住房六年内只提供一个家庭的学位，同一家庭的兄弟姐妹不受限制。
四、任何班级不超过五十五人。学校容纳不下的，就近安排到有空余学位的学校。
五、民办学校与公办学校同步报名。报名超过计划的，摇号录取；未摇中的，不影响报读片区内公办学校。
"""


def load() -> None:
    """Places, schools, people to sign in as, registers, a desk, rounds, pupils and a check."""
    from junheng.registry.demo.county import build
    from junheng.registry.demo.register.moving import set_moving

    call_command("load_demo", history=True, verbosity=0)
    connect_registers()
    open_desk()
    county = build(SEED)
    hold_round(county)
    open_round()
    share_quota_seats(county)
    few = os.environ.get("JUNHENG_DEMO_TOWNSHIPS")
    call_command("load_demo_register", townships=int(few) if few else None)
    set_moving(SEED)
    check_register()
    load_households()
    start_aid()


def load_households() -> None:
    """The households of pupils who are known as registered poor."""
    from junheng.accounts.facade import User
    from junheng.aid import facade as aid
    from junheng.places.facade import place_by_code
    from junheng.registry.demo.values import COUNTY

    names = ("aid", "leader", "village", "township")
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    crew = aid.HouseholdCrew(*(people[name] for name in names))
    aid.load_households(place_by_code(COUNTY), crew=crew, seed=SEED)
    aid.load_checks(place_by_code(COUNTY), crew=crew, serve=serve)
    aid.load_beneficiaries(place_by_code(COUNTY), officer=crew.officer, seed=SEED)


def start_aid() -> None:
    """Policies of aid and the term under way; the worker decides who is entitled."""
    from junheng.accounts.facade import User
    from junheng.aid import facade as aid
    from junheng.aid.jobs import decide_soon, is_decided
    from junheng.places.facade import place_by_code
    from junheng.registry.demo.values import COUNTY

    officer, leader, finance = (
        User.objects.get(username=name) for name in ("aid", "leader", "finance")
    )
    term = aid.start_demonstration(place_by_code(COUNTY), officer=officer, leader=leader)
    aid.load_payments(term, crew=aid.Payers(officer, leader, finance))
    if not is_decided(term):
        decide_soon(term, by=officer, publish=True)


def check_register() -> None:
    """What schools and departments say of the register, and the first check; once.

    The worker carries it out, so that nobody waits for it.
    """
    from junheng.places.facade import place_by_code
    from junheng.registry.demo.register.told import tell
    from junheng.registry.demo.values import COUNTY
    from junheng.registry.jobs.integrity import check_soon

    if tell(SEED) is not None:
        check_soon(place_by_code(COUNTY), by=None)


def two_people() -> dict[str, Any]:
    """The officer who asks and the leader who agrees."""
    from junheng.accounts.facade import User

    names = {"officer": "admissions", "leader": "leader"}
    return {role: User.objects.get(username=name) for role, name in names.items()}


def hold_round(county: Any) -> None:
    """The round of 2026, with its published result."""
    from junheng.admissions import facade as admissions
    from junheng.registry.demo.families import families
    from junheng.registry.demo.files import round_files
    from junheng.registry.demo.values import COUNTY

    loaded = admissions.load_round(COUNTY, round_files(county))
    admissions.fill_roster(loaded.id, lambda codes: families(codes, SEED))
    admissions.hold_drill(loaded.id, contributions=CONTRIBUTIONS, figures=FIGURES, **two_people())
    words = admissions.PaperWords(HOURS, BRING, CONTACT, OBJECTIONS)
    admissions.say_in_papers(loaded.id, words)


def open_round() -> None:
    """The round of 2027, in which some families have applied."""
    from junheng.admissions import facade as admissions
    from junheng.registry.demo.values import COUNTY

    the_round = admissions.open_for_families(
        COUNTY,
        ref="2027-g1",
        year=2027,
        text=POLICY,
        born=BORN,
        event="中国福利彩票双色球 2026 年最后一期开奖",
        days=34,
        **two_people(),
    )
    admissions.say_contact(
        the_round, hotline=HOTLINE, supervision=SUPERVISION, counters="\n".join(COUNTERS)
    )
    admissions.apply_for(the_round, applications())


def share_quota_seats(county: Any) -> None:
    """Quota seats of the county's senior secondary schools, shared and published."""
    from junheng.admissions import facade as admissions
    from junheng.registry.demo.values import COUNTY
    from junheng.site import demo_quota

    admissions.share_quota_seats(
        COUNTY,
        year=2026,
        rule=admissions.QuotaRule(permille=300, years=3, unfilled="others", basis=demo_quota.BASIS),
        tables=demo_quota.tables(county, SEED),
        **two_people(),
    )


SECRET = "demonstration"  # noqa: S105 -- of the stand-in, which knows invented people only
EVERY_TENTH = 10
"""So many families to one who names the private school."""
APPLY = 240
"""So many of the invented families have applied in the round that is open."""


def applications() -> Iterator[tuple[Any, dict[str, Any]]]:
    """What some of the families state, each with its account, the same every time."""
    from junheng.accounts import facade as accounts
    from junheng.registry.demo.households import all_told
    from junheng.registry.demo.private import CODE as PRIVATE

    told = sorted(all_told(SEED).values(), key=lambda one: one.code)
    for number, family in enumerate(told[:APPLY]):
        wishes = [PRIVATE] if number % EVERY_TENTH == 0 else []
        stated = statement_of(family) | {"wishes": wishes}
        yield accounts.family_of_phone(family.phone), stated


def statement_of(family: Any) -> dict[str, Any]:
    """What an invented family would type into the form."""
    return {
        "child": {
            "name": family.child_name,
            "document": "resident_id",
            "number": family.child_number,
            "born_on": family.born_on.isoformat(),
            "sex": family.sex,
            "needs": [],
        },
        "home": {
            "place": family.village,
            "address": family.address,
            "claims": list(family.claims),
            "certificate": family.certificate,
            "permit": family.permit,
        },
        "guardian": {
            "name": family.guardian_name,
            "relation": family.relation,
            "document": "resident_id",
            "number": family.guardian_number,
            "phone": family.phone,
        },
    }


REGISTER_CONTACT = "云槐县数据共享专班 1380000 9903"
REGISTERS = {
    "household": "云槐县公安局户籍登记",
    "real_estate": "云槐县不动产登记中心",
    "residence_permit": "云槐县公安局居住证",
    "social_insurance": "云槐县社会保险中心",
    "business_licence": "云槐县市场监督管理局",
}


def connect_registers() -> None:
    """Other departments' registers, in which most families are as they state; safe to do again.

    Two of them are asked as services where a stand-in runs beside the site.
    """
    from django.utils import timezone

    from junheng.evidence import facade as evidence
    from junheng.places.facade import place_by_code
    from junheng.registry.demo.households import all_told
    from junheng.registry.demo.registers import register_rows
    from junheng.registry.demo.values import COUNTY

    path, as_of = place_by_code(COUNTY).path, timezone.localdate().replace(day=1)
    rows = register_rows(all_told(SEED).values(), SEED)
    known = {row.name: row for row in evidence.connections_of(path)}
    served = played(rows, as_of)
    for key, register in ((key, evidence.Register(key)) for key in rows):
        name = REGISTERS[key]
        if key in served and name in known:
            evidence.describe_service(known[name], description=served[key], secret=SECRET)
        elif key in served:
            evidence.connect_service(
                name=name,
                register=register,
                path=path,
                description=served[key],
                secret=SECRET,
                contact=REGISTER_CONTACT,
            )
        elif name not in known:
            made = evidence.connect_tables(
                name=name, register=register, path=path, contact=REGISTER_CONTACT
            )
            evidence.load_delivery(made, rows[key], as_of=as_of)


def played(rows: Mapping[str, Sequence[Mapping[str, Any]]], as_of: date) -> dict[str, str]:
    """How the services of a stand-in are asked, whose file is written; none where none runs."""
    from junheng.site.standin.answers import written
    from junheng.site.standin.described import descriptions

    url, file = os.environ.get("JUNHENG_STANDIN_URL"), os.environ.get("JUNHENG_STANDIN_FILE")
    if not url or not file:
        return {}
    Path(file).write_text(written(rows, as_of=as_of.isoformat(), secret=SECRET), "utf-8")
    return descriptions(url)


def serve(register: str, rows: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Have the stand-in play one register more; how it is asked, and the secret.

    Returns:
        None where no stand-in runs.
    """
    from junheng.site.standin.answers import with_more
    from junheng.site.standin.described import descriptions

    url, file = os.environ.get("JUNHENG_STANDIN_URL"), os.environ.get("JUNHENG_STANDIN_FILE")
    if not url or not file:
        return None
    fresh = Path(file).with_suffix(".new")
    fresh.write_text(with_more(Path(file).read_text("utf-8"), {register: rows}), "utf-8")
    fresh.replace(file)
    return descriptions(url)[register], SECRET


def open_desk() -> None:
    """A day's work at the consultation desk, and cases in every state."""
    from junheng.accounts.facade import User
    from junheng.cases import facade as cases
    from junheng.places.facade import place_by_code
    from junheng.registry.demo.values import COUNTY

    people = {user.username: user for user in User.objects.select_related("home")}
    crew = cases.Crew(*(people[name] for name in ("admissions", "leader", "township", "clerk")))
    school = people["clerk"].home
    if school is not None:
        cases.load_demonstration(
            path=place_by_code(COUNTY).path, school_path=school.path, crew=crew
        )


def accounts() -> str:
    """Who can sign in, one a line."""
    from junheng.commons.demo import accounts

    rows = [(account.username, account.password, str(account.role)) for account in accounts()]
    return "\n".join(f"  {name:<22}{password:<20}{role}" for name, password, role in rows)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    django.setup()
    load()
    sys.stdout.write(f"\n{accounts()}\n")
