"""A service that was down is asked again by itself: about those alone, and as they signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from junheng.accounts.models import Appointment, ReadLog
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn, english, signed_in
from junheng.aid.jobs.checking import ask_services_again
from junheng.aid.models import CheckHit, CheckQuestion, CheckRule
from junheng.aid.services import asking_again, authorising, check_rules
from junheng.aid.tests.checks import builders as build
from junheng.aid.tests.checks.test_services import (
    another,
    counts,
    execute,
    three,
    told,
)
from junheng.commons import approvals
from junheng.commons.models import Job, Run
from junheng.commons.regular import all_regular
from junheng.evidence.facade import Connection, describe_service
from junheng.evidence.tests import services
from junheng.evidence.tests.services import VEHICLES, Service, cars, failing

__all__ = ["english", "signed_in"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(service: Service) -> Run:
    """A check of three households while the service was down, which is back now."""
    three()
    service.behave = failing
    run = build.checked()
    service.behave = cars
    service.requests.clear()
    return run


def waiting() -> Run:
    """The run that waits for the worker."""
    run: Run = Run.objects.get(state=Run.State.QUEUED)
    return run


def test_it_is_done_by_the_clock() -> None:
    assert all_regular()["aid.ask_services_again"].work is ask_services_again


def test_a_service_that_is_back_is_asked_about_those_alone_and_the_same_check_ends(
    service: Service, silent: Run
) -> None:
    ask_services_again()
    assert service.requests == [], "it is left alone for a while"
    assert not Run.objects.filter(state=Run.State.QUEUED).exists()
    services.rested()
    ask_services_again()
    assert [len(one.content) > 0 for one in service.requests] == [True, True]
    again = waiting()
    assert (again.snapshot, again.requested_by) == (silent.snapshot, cast.ma())
    assert Job.objects.get(args__run=again.ref).requested_by == cast.ma()
    execute(again)
    assert counts(again) == (3, 3, 0, 0, 3)
    assert told(again)["silent"] == {}
    assert CheckHit.objects.count() == 3
    assert set(ReadLog.objects.values_list("reader", flat=True)) == {cast.ma().pk}
    services.rested()
    ask_services_again()
    assert len(service.requests) == 2, "nobody is left to ask about"
    assert Run.objects.count() == 2


def test_as_long_as_it_is_down_one_request_leaves_and_no_run_is_made(
    service: Service, silent: Run
) -> None:
    service.behave = failing
    services.rested()
    for _minute in range(3):
        ask_services_again()
    assert len(service.requests) == 2, "one question, tried twice, then its pause"
    assert Run.objects.get() == silent


def test_what_it_answered_before_it_failed_again_is_kept_and_the_rest_waits(
    service: Service, silent: Run
) -> None:
    service.behave = lambda request: (cars if len(service.requests) == 1 else failing)(request)
    services.rested()
    ask_services_again()
    again = waiting()
    execute(again)
    assert counts(again) == (3, 2, 1, 0, 2)
    service.behave = cars
    services.rested()
    ask_services_again()
    execute(waiting())
    assert CheckHit.objects.count() == 3


def test_whom_it_answered_about_as_somebody_else_is_not_asked_about_again(
    service: Service,
) -> None:
    build.signed(build.home())
    service.behave = another
    run = build.checked()
    before = len(service.requests)
    ask_services_again()
    assert len(service.requests) == before
    assert Run.objects.get() == run
    assert CheckQuestion.objects.count() == 1


def test_killed_before_the_check_was_asked_for_it_is_asked_for_the_next_time(
    service: Service, silent: Run
) -> None:
    def killed(_run: Run) -> None:
        raise KeyboardInterrupt

    services.rested()
    with pytest.raises(KeyboardInterrupt):
        asking_again.ask_again(killed)
    assert len(service.requests) == 2
    ask_services_again()
    assert len(service.requests) == 2, "nobody twice"
    ask_services_again()
    execute(waiting())
    assert CheckHit.objects.count() == 3


def test_two_workers_ask_for_one_check(service: Service, silent: Run) -> None:
    services.rested()
    runs: list[Run] = []
    asking_again.ask_again(runs.append)
    asking_again.ask_again(runs.append)
    assert runs == [silent, silent]
    ask_services_again()
    ask_services_again()
    assert Run.objects.filter(state=Run.State.QUEUED).count() == 1
    assert Job.objects.count() == 1


def test_whose_signature_is_gone_meanwhile_is_not_asked_about(
    service: Service, silent: Run
) -> None:
    gone = CheckQuestion.objects.order_by("pk")[0]
    authorising.withdraw(gone.authorisation, by=cast.tian())
    services.rested()
    ask_services_again()
    asked = CheckQuestion.objects.filter(answered_at__isnull=False)
    assert asked.count() == 2
    assert gone.member_id not in set(asked.values_list("member", flat=True))


def end_rule() -> None:
    step = check_rules.ask_to_end(CheckRule.objects.get(), build.today(), by=cast.ma())
    approvals.agree(step, cast.wu())


def describe_otherwise() -> None:
    describe_service(Connection.objects.get(), description=VEHICLES + "\n# other")


def officer_goes() -> None:
    Appointment.objects.filter(user=cast.ma()).update(valid_to=build.today())


@pytest.mark.parametrize("meanwhile", [end_rule, describe_otherwise, officer_goes])
def test_what_is_not_as_it_was_waits_for_the_next_check(
    service: Service, silent: Run, meanwhile: Callable[[], Any]
) -> None:
    meanwhile()
    services.rested()
    ask_services_again()
    assert service.requests == []
    assert Run.objects.get() == silent


def test_after_three_days_a_new_check_is_for_people_to_ask_for(
    service: Service, silent: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_again, "KEPT_ON", timedelta(0))
    services.rested()
    ask_services_again()
    assert service.requests == []


def test_the_page_of_quality_counts_questions_by_number_and_why_there_was_no_answer(
    service: Service, silent: Run, signed_in: SignedIn
) -> None:
    services.rested()
    ask_services_again()
    page = signed_in(cast.li()).get("/registers/quality/").content.decode()
    assert "in checks of households: 6" in page
    assert "said that it failed: 3" in page
    assert "田" not in page
