"""Services that a check asks: about who signed alone; an outage speaks for and against nobody."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import httpx
import pytest
from django.db import connection
from django.db.models import Q
from django.urls import reverse

from junheng.accounts.models import ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser
from junheng.aid.models import CheckHit, CheckQuestion, CheckRule, HouseholdVisit
from junheng.aid.services import (
    asking_services,
    authorising,
    cross_checking,
)
from junheng.aid.services.flagging import flags
from junheng.aid.snapshots.checks import DeliveredAnew, members, thawed
from junheng.aid.tests.checks import builders as build
from junheng.commons.models import Run
from junheng.commons.runs import contents, files_of
from junheng.evidence.facade import Connection, describe_service
from junheng.evidence.tests import services
from junheng.evidence.tests.services import VEHICLES, Service, answer, cars, failing
from junheng.kernel.resident_id import ResidentId

pytestmark = pytest.mark.django_db


def told(run: Run) -> dict[str, Any]:
    """What the receipt says of the only service that was asked."""
    assert run.receipt is not None
    (one,) = run.receipt["services"].values()
    counts: dict[str, Any] = one
    return counts


def counts(run: Run) -> tuple[int, ...]:
    """People to ask about, answered, not answered, withdrawn, hits."""
    names = ("people", "answered", "unanswered", "withdrawn", "hits")
    return tuple(told(run)[name] for name in names)


def three() -> None:
    """Three households that signed; a request of the service holds two people."""
    for number, resident_id in (("H-1", build.NUMBER), ("H-2", build.SECOND), ("H-3", build.THIRD)):
        build.signed(build.home(number, resident_id))


def execute(run: Run) -> None:
    cross_checking.execute(run, lambda _done, _total: None)


def slow(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow")


def another(_: httpx.Request) -> httpx.Response:
    car = {"ref": "0", "plate": "云Z00001", "price": "98000"}
    return answer([{**car, "idNumber": "990100198803140017", "fullName": "李四"}])


def test_a_car_that_a_service_knows_flags_as_one_in_a_table_does(service: Service) -> None:
    build.signed(build.home())
    run = build.checked()
    hit = CheckHit.objects.get()
    assert service.asked() == [{"ref": "0", "idNumber": build.NUMBER, "fullName": "田大山"}]
    assert (hit.register, hit.source, hit.step) == ("vehicle", "Vehicle office", "exact")
    assert (hit.certain, str(hit.as_of), hit.visit.state) == (True, "2026-06-01", "waits")
    assert "98000" in str(hit.sealed)
    assert counts(run) == (1, 1, 0, 0, 1)
    assert told(run)["found_exact"] == 1


def test_a_cheap_car_is_answered_and_no_hit(service: Service) -> None:
    build.signed(build.home())
    row = {
        "ref": "0",
        "idNumber": build.NUMBER,
        "fullName": "田大山",
        "plate": "x",
        "price": "9800",
    }
    service.behave = lambda _: answer([row])
    assert counts(build.checked()) == (1, 1, 0, 0, 0)
    assert CheckHit.objects.count() == 0


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(None, id="nothing"),
        pytest.param({"registers": ["deposit"]}, id="for another register"),
        pytest.param({"valid_to": build.today()}, id="until yesterday"),
    ],
)
def test_without_a_signature_that_holds_no_question_leaves_the_house(
    service: Service, given: dict[str, Any] | None
) -> None:
    home = build.home()
    if given is not None:
        build.signed(home, **given)
    run = build.checked()
    assert service.requests == []
    assert CheckQuestion.objects.count() == ReadLog.objects.count() == 0
    assert counts(run) == (0, 0, 0, 0, 0)


def test_a_signature_withdrawn_before_the_worker_comes_asks_nothing(service: Service) -> None:
    row = build.signed(build.home())
    run = build.asked()
    authorising.withdraw(row, by=cast.tian())
    execute(run)
    assert service.requests == []
    assert CheckQuestion.objects.count() == CheckHit.objects.count() == 0
    assert counts(run) == (1, 0, 0, 1, 0)


def test_an_answer_that_comes_after_the_withdrawal_is_not_kept(service: Service) -> None:
    row = build.signed(build.home())

    def meanwhile(request: httpx.Request) -> httpx.Response:
        authorising.withdraw(row, by=cast.tian())
        return cars(request)

    service.behave = meanwhile
    run = build.checked()
    asked = CheckQuestion.objects.get()
    assert (asked.answered_at, asked.sealed, asked.digest) == (None, None, "")
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 0
    assert counts(run) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("behaviour", "silence"),
    [(failing, "failing"), (slow, "slow"), (another, "wrong_person")],
)
def test_no_answer_and_a_wrong_one_flag_and_clear_nobody_and_say_why(
    service: Service, behaviour: services.Handler, silence: str
) -> None:
    build.signed(build.home())
    service.behave = behaviour
    run = build.checked()
    assert counts(run) == (1, 0, 1, 0, 0)
    assert told(run)["silent"] == {silence: 1}
    assert CheckHit.objects.count() == 0
    asked = CheckQuestion.objects.get()
    assert (asked.answered_at, asked.silence) == (None, silence)
    service.behave = cars
    assert counts(build.checked()) == (1, 1, 0, 0, 1)
    assert CheckHit.objects.count() == 1


def test_a_service_that_is_down_leaves_a_hit_of_before_as_it_was(service: Service) -> None:
    build.signed(build.home())
    build.checked()
    service.behave = failing
    build.signed(build.home("H-2", build.SECOND))
    run = build.checked()
    assert counts(run) == (2, 1, 1, 0, 1)
    assert (CheckHit.objects.count(), HouseholdVisit.objects.count()) == (1, 1)
    assert service.asked() == [{"ref": "0", "idNumber": build.SECOND, "fullName": "田大山"}]


def test_who_has_no_number_or_a_mistyped_one_is_counted_and_not_asked_about(
    service: Service,
) -> None:
    for number, resident_id in (("H-1", ""), ("H-2", "990100198001010019")):
        build.signed(build.home(number, resident_id))
    run = build.checked()
    assert service.requests == []
    assert (counts(run), told(run)["no_number"]) == ((0, 0, 0, 0, 0), 2)


def test_a_check_killed_halfway_asks_on_and_nobody_twice(service: Service) -> None:
    three()
    run = build.asked()

    def killed(request: httpx.Request) -> httpx.Response:
        if len(service.requests) == 2:
            raise KeyboardInterrupt
        return cars(request)

    service.behave = killed
    with pytest.raises(KeyboardInterrupt):
        execute(run)
    assert CheckHit.objects.count() == 0
    assert CheckQuestion.objects.filter(answered_at__isnull=False).count() == 2
    service.behave = cars
    for _again in range(2):
        execute(run)
    asked = [len(json.loads(one.content)["people"]) for one in service.requests]
    assert asked == [2, 1, 1], "the last one again, since nobody heard its answer"
    assert CheckHit.objects.count() == HouseholdVisit.objects.count() == 3
    assert counts(run) == (3, 3, 0, 0, 3)


def test_the_next_check_of_a_day_asks_only_about_those_who_got_no_answer(service: Service) -> None:
    three()
    service.behave = lambda request: (cars if len(service.requests) == 1 else failing)(request)
    assert counts(build.checked()) == (3, 2, 1, 0, 2)
    service.behave = cars
    before = len(service.requests)
    assert counts(build.checked()) == (3, 3, 0, 0, 3)
    assert len(service.requests) == before + 1
    assert len(service.asked()) == 1
    assert counts(build.checked()) == (3, 3, 0, 0, 3)
    assert len(service.requests) == before + 1
    assert CheckHit.objects.count() == 3


def test_a_service_that_fails_again_and_again_is_left_alone(service: Service) -> None:
    for turn in range(1, 6):
        number = ResidentId.from_old(f"99010080010100{turn}").number
        build.signed(build.home(f"H-{turn}", number))
    service.behave = failing
    run = build.checked()
    assert counts(run) == (5, 0, 5, 0, 0)
    assert told(run)["silent"] == {"failing": 4, "paused": 1}
    assert len(service.requests) == 4, "two requests of two tries each, then its pause"
    assert CheckQuestion.objects.count() == 4
    build.checked()
    assert len(service.requests) == 4


def test_another_way_of_asking_asks_anew(service: Service) -> None:
    build.signed(build.home())
    build.checked()
    describe_service(Connection.objects.get(), description=VEHICLES + "\n# the price is right now")
    build.checked()
    assert len(service.requests) == 2
    assert (CheckQuestion.objects.count(), CheckHit.objects.count()) == (2, 1)


def test_a_service_that_was_changed_or_ended_meanwhile_is_not_asked(service: Service) -> None:
    build.signed(build.home())
    run = build.asked()
    describe_service(Connection.objects.get(), description=VEHICLES + "\n# other")
    with pytest.raises(DeliveredAnew, match="重新"):
        execute(run)
    assert service.requests == []


def test_the_receipt_names_what_was_asked_and_what_came_back_can_be_repeated(
    service: Service,
) -> None:
    three()
    run = build.checked()
    frozen = thawed(run.snapshot)
    listing = contents(files_of(run)["answers.csv"])
    assert told(run)["answers"] == hashlib.sha256(listing).hexdigest()
    assert told(run)["first"] <= told(run)["last"]
    kept = {str(row.member_id): row for row in CheckQuestion.objects.all()}
    rules = list(CheckRule.objects.select_related("connection"))
    lines = []
    for line in listing.decode().splitlines():
        uid, member, when, digest = line.split(",")
        row = kept[member]
        assert digest == row.digest == hashlib.sha256(str(row.sealed).encode()).hexdigest()
        assert (uid, when) == (str(row.connection.uid), row.moment)
        assert row.run == run
        (one,) = members(frozen.day, Q(pk=member))
        entered = asking_services.entered_of(one, row, row.authorisation_id)
        lines += [hit.line for hit in flags(entered, rules, Counter())]
    hits = contents(files_of(run)["hits.csv"]).decode()
    assert "".join(f"{line}\n" for line in sorted(lines)) == hits


def test_nobody_stands_in_the_clear_in_what_is_kept(service: Service) -> None:
    build.signed(build.home())
    run = build.checked()
    answers = contents(files_of(run)["answers.csv"]).decode()
    row = CheckQuestion.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT q::text FROM aid_checkquestion q")
        stored = cursor.fetchone()[0]
    for text in (answers, str(run.receipt), stored):
        for told_of in ("田大山", build.NUMBER, "云Z00001", "98000"):
            assert told_of not in text
    for private in ("田大山", build.NUMBER):
        assert private not in str(row.sealed)


def test_whoever_had_it_asked_stands_in_the_read_log(service: Service) -> None:
    build.signed(build.home())
    run = build.checked()
    log = ReadLog.objects.get()
    member = CheckQuestion.objects.get().member
    assert (log.reader, log.kind, log.key) == (cast.ma(), "aid.householdmember", str(member.pk))
    assert run.ref in log.reason


def test_the_page_of_a_check_names_the_service_and_asks_again(service: Service) -> None:
    three()
    build.signed(build.home("H-4", ""))
    service.behave = failing
    run = build.checked()
    officer, leader = browser(), browser()
    officer.force_login(cast.ma())
    leader.force_login(cast.wu())
    url = reverse("aid:check_run", args=[run.ref])
    page = officer.get(url).content.decode()
    assert "Vehicle office, people without an answer: 3" in page
    assert "said that it failed: 3" in page
    assert "Ask about them again" in page
    assert "田" not in page
    seen = leader.get(url).content.decode()
    assert "Vehicle office, people without an answer: 3" in seen
    assert "Ask about them again" not in seen
    again = officer.post(reverse("aid:check_start"), {"county": cast.COUNTY})
    assert again.status_code == 302
    service.behave = cars
    services.rested()
    second = Run.objects.exclude(pk=run.pk).get()
    execute(second)
    page = officer.get(reverse("aid:check_run", args=[second.ref])).content.decode()
    assert "Ask about them again" not in page
    assert counts(second) == (3, 3, 0, 0, 3)


@pytest.mark.usefixtures("service")
def test_a_rule_that_asks_a_service_is_agreed_to_by_two() -> None:
    row = CheckRule.objects.get()
    assert (row.connection.way, row.asked_by, row.agreed_by) == ("service", cast.ma(), cast.wu())
