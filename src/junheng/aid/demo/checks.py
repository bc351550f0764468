"""Checks in the demo's village: registers that are delivered, households that signed, visits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from junheng.aid.demo.papers import photograph
from junheng.aid.engine.hits import Test
from junheng.aid.models import HEAD, CheckRule, Household, HouseholdVisit, Speaks
from junheng.aid.models.check_rules import SIGNED_FOR
from junheng.aid.selectors.checks import left_out_seen
from junheng.aid.services import check_rules, cross_checking, settling_left_out, visiting
from junheng.aid.services.authorising import authorise
from junheng.aid.services.check_rules import Wanted, ask_for_rule
from junheng.commons import approvals
from junheng.commons.models import Run
from junheng.evidence.facade import (
    COLUMNS,
    Connection,
    Register,
    connect_service,
    connect_tables,
    connections_of,
    describe_service,
    load_delivery,
    number_index,
)
from junheng.kernel.resident_id import ResidentId
from junheng.places.facade import Place

if TYPE_CHECKING:
    from junheng.aid.demo.households import Crew

CONTACT = "云槐县数据共享专班 1380000 9903"
NAMES = {
    Register.VEHICLE: "云槐县车辆管理所机动车登记",
    Register.PAYROLL: "云槐县财政供养人员名册",
    Register.SUBSISTENCE: "云槐县民政局低保名册",
}
LOCAL = ("《云槐县防返贫数据共享办法》", "第六条")
"""Invented, as the county is: the basis by which the list of civil affairs is delivered."""
CARS = (("云Z01208", "小型轿车", "98000"), ("云Z03317", "小型轿车", "126000"))
SERVED = "省机动车登记信息核查服务"
SEEN_BY_THE_PROVINCE = ("云A71902", "小型轿车", "158000")
"""Registered in the capital: the county's own list does not have it."""
NAMESAKE = ("云Z05566", "轻型货车", "68000")
TRICYCLE = ("云Z07001", "三轮汽车", "9800")
POOR = (("程玉兰", "570312"), ("杜长庚", "490808"), ("冯翠珍", "630925"))
HOMES = 9
Row = dict[str, Any]
Serve = Callable[[str, Sequence[Mapping[str, Any]]], tuple[str, str] | None]
"""Has a stand-in play a register; how it is asked and the secret, None where none runs."""


def load_checks(place: Place, *, crew: Crew, serve: Serve | None = None) -> int:
    """Registers, rules, signatures, a check and three visits; once.

    Args:
        place: The invented county.
        crew: The demonstration's people.
        serve: Plays a register as a service, at another address after each start.

    Returns:
        How many visits there are.
    """
    village = crew.village.home.place if crew.village.home else None
    homes = list(Household.objects.filter(village=village).order_by("number")[:HOMES])
    if village is None or len(homes) < 4:
        return 0
    first = not CheckRule.objects.exists()
    if first:
        _numbered(homes)
    _serve(place, village, homes[-1], serve)
    if first:
        _deliver(place, village, homes)
        _set_up(place, crew)
        for number, home in enumerate(homes, start=1):
            _sign(home, number, crew, photographed=number < len(homes))
        _run(place, crew)
        _visit(crew)
    return int(HouseholdVisit.objects.count())


def _numbered(homes: Sequence[Household]) -> None:
    """Heads get invented numbers, but the third: it is found by its name and village alone."""
    for turn, home in enumerate(homes):
        head = home.members.get(relation=HEAD, valid_to=None)
        if turn != 2 and not head.resident_id:
            number = ResidentId.from_old(f"9901007{turn}0417{turn:03}")
            head.resident_id = number.number
            head.resident_id_key = number_index(number.number)
            head.born_on = number.birth_date
            head.save()


def _deliver(place: Place, village: Place, homes: Sequence[Household]) -> None:
    as_of = timezone.localdate().replace(day=1)
    heads = [home.members.get(relation=HEAD, valid_to=None) for home in homes]
    poor = [
        _row(Register.SUBSISTENCE, name, _number(born), village, monthly_yuan="520")
        for name, born in POOR
    ]
    known = heads[3]
    poor.append(
        _row(Register.SUBSISTENCE, str(known.name), str(known.resident_id), village,
            monthly_yuan="520")
    )  # fmt: skip
    pay = {"employer": "云槐县水务所", "monthly_yuan": "4200"}
    tables: dict[Register, list[Row]] = {
        Register.VEHICLE: list(_cars(heads, village)),
        Register.PAYROLL: [
            _row(Register.PAYROLL, str(heads[3].name), str(heads[3].resident_id), village, **pay)
        ],
        Register.SUBSISTENCE: poor,
    }
    for register, rows in tables.items():
        made = connect_tables(
            name=NAMES[register], register=register, path=place.path, contact=CONTACT
        )
        load_delivery(made, rows, as_of=as_of)


def _serve(place: Place, village: Place, home: Household, serve: Serve | None) -> None:
    """The province's register of vehicles, asked as a service where a stand-in plays it."""
    plate, model, price = SEEN_BY_THE_PROVINCE
    car = {"plate": plate, "model": model, "price": price, "registered_on": "2025-03-11"}
    owner = home.members.filter(relation=HEAD, valid_to=None).first()
    if serve is None or owner is None:
        return
    row = _row(Register.VEHICLE, str(owner.name), str(owner.resident_id), village, **car)
    if (played := serve(Register.VEHICLE, [row])) is None:
        return
    description, secret = played
    known = next((one for one in connections_of(place.path) if one.name == SERVED), None)
    if known is not None:
        describe_service(known, description=description, secret=secret)
        return
    connect_service(
        name=SERVED,
        register=Register.VEHICLE,
        path=place.path,
        description=description,
        secret=secret,
        contact=CONTACT,
    )


def _cars(heads: Sequence[Any], village: Place) -> Iterator[Row]:
    """Two cars of heads, one of somebody with the name of a third, and a tricycle that is cheap."""
    owners = (
        (heads[0], str(heads[0].resident_id), CARS[0]),
        (heads[1], str(heads[1].resident_id), CARS[1]),
        (heads[2], "", NAMESAKE),
        (heads[3], str(heads[3].resident_id), TRICYCLE),
    )
    for head, number, (plate, model, price) in owners:
        more = {"plate": plate, "model": model, "price": price, "registered_on": date(2024, 5, 20)}
        yield _row(Register.VEHICLE, str(head.name), number, village, **more)


def _row(register: Register, name: str, number: str, village: Place, **more: Any) -> Row:
    blank: Row = {column.name: None for column in COLUMNS[register]}
    who = {"name": name, "resident_id": number or None, "place_code": village.code}
    return blank | who | more


def _number(born: str) -> str:
    return ResidentId.from_old(f"990100{born}002").number


def _set_up(place: Place, crew: Crew) -> None:
    """What is asked, by one person and agreed to by another."""
    tests = {
        Register.VEHICLE: (Speaks.AGAINST, Test.AT_LEAST, 3_000_000, ()),
        Register.PAYROLL: (Speaks.AGAINST, Test.ANY, None, ()),
        Register.SUBSISTENCE: (Speaks.FOR, Test.ANY, None, LOCAL),
    }
    for connection in check_rules.connections(place):
        if (register := Register(connection.register)) in tests:
            rule = _wanted(connection, *tests[register])
            approvals.agree(ask_for_rule(place, rule, by=crew.officer), crew.leader)


def _wanted(
    connection: Connection, speaks: str, test: Test, fen: int | None, basis: Sequence[str]
) -> Wanted:
    document, article = basis or (check_rules.DOCUMENT, check_rules.ARTICLE)
    return check_rules.wanted(
        connection, speaks=speaks, test=test, least_fen=fen, document=document, article=article
    )


def _sign(home: Household, number: int, crew: Crew, *, photographed: bool) -> None:
    """What a household signed; the last one's paper was not photographed yet."""
    today = timezone.localdate()
    signed = authorise(
        home,
        signed_by=home.members.get(relation=HEAD, valid_to=None),
        signed_on=today - timedelta(days=30),
        paper=f"2026-{number:03}",
        registers=SIGNED_FOR,
        valid_to=today + timedelta(days=335),
        by=crew.village,
    )
    if photographed:
        photograph(signed, by=crew.village)


def _run(place: Place, crew: Crew) -> None:
    made: list[Run] = []
    cross_checking.request_check(place, by=crew.officer, enqueue=made.append)
    cross_checking.execute(made[0], lambda _done, _total: None)


def _visit(crew: Crew) -> None:
    """One flag was wrong, one family was heard, the others wait; somebody left out is visited."""
    today = timezone.localdate()
    visits = list(HouseholdVisit.objects.order_by("household__number"))
    said = {
        2: "家里只有一辆旧电动三轮车，没有货车。村里另有一位同名同姓的人，货车是他的。",
        0: "车是儿子借给我们拉货用的，登记在我名下，每月还贷款。",
    }
    for turn, words in said.items():
        if turn < len(visits):
            visiting.hear(visits[turn], on=today, met=True, said=words, seen="", by=crew.village)
    if len(visits) > 2:
        wrong = {hit.pk: True for hit in visits[2].hits.all()}
        visiting.decide(
            visits[2], outcome="stays", wrong=wrong, words="经核实为同名同姓，车辆不属于该户。",
            by=crew.township,
        )  # fmt: skip
    if (first := left_out_seen(crew.officer).last()) is not None:
        settling_left_out.ask_for_visit(first, by=crew.officer)
