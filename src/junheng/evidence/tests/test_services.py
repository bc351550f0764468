"""Services slow, wrong, down, answering for another person: nobody is refused by them."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import httpx
import pytest
from django.db import connection as database
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from junheng.evidence.events import connection_back
from junheng.evidence.facade import Register, State
from junheng.evidence.models import Connection, ServiceHour, ServiceState, ServiceTrouble
from junheng.evidence.runners.calling import signature
from junheng.evidence.services import breaker
from junheng.evidence.services.connecting import describe_anew
from junheng.evidence.tests import services
from junheng.evidence.tests.builders import CHILD, ask, child, question
from junheng.evidence.tests.services import DESCRIPTION, HOST, SECRET, Service, answer, echo
from junheng.kernel.faults import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Service:
    settings.REGISTER_HOSTS = [HOST]
    return services.install(monkeypatch)


def troubles() -> list[tuple[str, int, bool]]:
    rows = ServiceTrouble.objects.order_by("pk")
    return [(row.kind, row.times, row.until is None) for row in rows]


def test_who_the_service_knows_is_found(service: Service) -> None:
    services.connected()
    service.behave = echo
    (found,) = ask(question(role="child"))
    assert (found.state, found.source, found.as_of) == (State.FOUND, "Police", date(2026, 6, 1))
    assert found.facts["household_number"] == "H1"
    assert service.asked() == [{"ref": "0", "idNumber": CHILD, "fullName": "王小涵"}]


def test_whom_it_does_not_know_is_not_found(service: Service) -> None:
    services.connected()
    assert ask(question())[0].state == State.NOT_FOUND


def test_people_go_in_batches(service: Service) -> None:
    services.connected()
    service.behave = echo
    answers = ask(*[question(role=str(n)) for n in range(5)])
    assert [found.state for found in answers] == [State.FOUND] * 5
    assert len(service.requests) == 3


def test_requests_are_signed(service: Service) -> None:
    services.connected()
    ask(question())
    request = service.requests[0]
    wanted = signature(
        "hmac-sm3",
        SECRET,
        path="/household/query",
        at=request.headers["X-Timestamp"],
        nonce=request.headers["X-Nonce"],
        body=request.content,
    )
    assert request.headers["X-Signature"] == wanted
    assert len(wanted) == 64


def slow(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow")


def down(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("down")


def broken_json(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<html>login</html>")


def deep(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="[" * 100_000)


@pytest.mark.parametrize(
    ("behaviour", "kind", "tries"),
    [
        (slow, "slow", 2),
        (down, "down", 2),
        (lambda _: httpx.Response(500), "failing", 2),
        (lambda _: httpx.Response(302, headers={"Location": "http://elsewhere/"}), "failing", 2),
        (lambda _: httpx.Response(401), "refuses", 1),
        (broken_json, "unreadable", 1),
        (deep, "unreadable", 1),
        (lambda _: httpx.Response(200, json=[]), "unreadable", 1),
        (lambda _: answer(["x"]), "unreadable", 1),  # type: ignore[list-item]
        (lambda _: answer([{"ref": "7", "idNumber": CHILD}]), "unreadable", 1),
        (lambda _: answer([{"ref": "0", "idNumber": {"a": 1}}]), "unreadable", 1),
        (lambda _: answer([{"ref": "0", "fullName": "x" * 600}]), "unreadable", 1),
        (lambda _: answer([{"ref": "0", "birthday": "soon"}]), "unreadable", 1),
    ],
)
def test_an_outage_is_no_refusal_and_has_a_name(
    service: Service, behaviour: services.Handler, kind: str, tries: int
) -> None:
    services.connected()
    service.behave = behaviour
    (found,) = ask(question())
    assert (found.state, found.facts) == (State.UNAVAILABLE, {})
    assert found.note == str(ServiceTrouble.Kind(kind).label)
    assert troubles() == [(kind, 1, True)]
    assert len(service.requests) == tries
    assert service.pauses == [0.5] * (tries - 1)


def test_an_answer_for_another_person_is_not_taken(service: Service) -> None:
    services.connected()
    other = {"ref": "0", "idNumber": "990100198803140017", "fullName": "李四", "birthday": ""}
    service.behave = lambda _: answer([other])
    (found,) = ask(question())
    assert (found.state, found.facts) == (State.UNAVAILABLE, {})
    assert "another person" in found.note
    assert troubles() == [("wrong_person", 1, True)]
    service.behave = echo
    assert ask(question())[0].state == State.FOUND
    assert troubles() == [("wrong_person", 1, True)]  # until somebody has looked at it
    breaker.settle_wrong_person(Connection.objects.get())
    assert troubles() == [("wrong_person", 1, False)]


def test_a_namesake_with_another_number_is_not_the_person(service: Service) -> None:
    services.connected()
    other = {"ref": "0", "idNumber": "990100198803140017", "fullName": "王小涵"}
    service.behave = lambda _: answer([other])
    assert ask(question())[0].state == State.NOT_FOUND
    assert troubles() == []


def test_after_several_failures_it_is_left_alone_then_tried_once(
    service: Service, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    register = services.connected()
    service.behave = down
    for _ in range(2):
        ask(question())
    before = len(service.requests)
    (found,) = ask(question())
    assert found.state == State.UNAVAILABLE
    assert len(service.requests) == before
    ServiceState.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    assert breaker.may_ask(register)
    assert not breaker.may_ask(register)  # one of many processes tries
    ServiceState.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    service.behave = echo
    heard: list[object] = []

    def listen(register: Register, **_: object) -> None:
        heard.append(register)

    connection_back.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert ask(question())[0].state == State.FOUND
    finally:
        connection_back.disconnect(listen)
    assert heard == [Register.HOUSEHOLD]
    assert troubles() == [("down", 2, False)]


def test_pauses_grow_while_it_goes_on_failing(service: Service) -> None:
    services.connected()
    service.behave = down
    lengths = []
    for _ in range(4):
        ask(question())
        state = ServiceState.objects.get()
        until = state.paused_until
        lengths.append(round((until - timezone.now()).total_seconds() / 60) if until else 0)
        ServiceState.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    assert lengths == [0, 1, 2, 4]


def test_how_often_it_was_asked_is_counted_by_hour(service: Service) -> None:
    services.connected()
    service.behave = echo
    ask(question())
    service.behave = down
    ask(question())
    hour = ServiceHour.objects.get()
    assert (hour.asked, hour.failed) == (2, 1)


def test_a_host_that_left_the_list_is_not_asked(service: Service, settings: Settings) -> None:
    services.connected()
    settings.REGISTER_HOSTS = []
    (found,) = ask(question())
    assert found.state == State.UNAVAILABLE
    assert service.requests == []
    assert troubles() == [("not_described", 1, True)]


@pytest.mark.parametrize(
    ("before", "after", "entry"),
    [
        (f"http://{HOST}", "http://169.254.169.254", "url"),
        (f"http://{HOST}", f"http://u:p@{HOST}", "url"),
        (f"http://{HOST}", "file:///etc/passwd#", "url"),
        (f"http://{HOST}", "http://registers.example:x", "url"),
        ("batch = 2", "batch = 0", "batch"),
        ("batch = 2", "batch = true", "batch"),
        ("batch = 2", 'colour = "red"', "colour"),
        ('people = "people"', "", "batch"),
        ('key_id = "junheng"', 'algorithm = "md5"', "signing.algorithm"),
        ('resident_id = "idNumber"\nname', "name", "request.resident_id"),
        ('name = "fullName"\nborn_on', "born_on", "response.fields.name"),
        ('village"', 'village"\nwage = "pay"', "response.fields.wage"),
        ('fullName"\n\n[response]', 'fullName"\nwage = "pay"\n\n[response]', "request.wage"),
        (
            'ref = "ref"\nresident_id = "idNumber"\nname = "fullName"\nborn',
            "ref = 1\nborn",
            "response.fields.ref",
        ),
        ("[signing]", "signing = 1\n[other]", "signing"),
        ("batch = 2", "batch = ", "toml"),
    ],
)
def test_a_description_is_refused_with_the_entry(
    service: Service, before: str, after: str, entry: str
) -> None:
    register = services.connected()
    assert before in DESCRIPTION
    with pytest.raises(Refused) as refused:
        describe_anew(register, description=DESCRIPTION.replace(before, after, 1))
    assert entry in {fault.column or "toml" for fault in refused.value.faults}


def test_one_person_a_request_needs_no_ref(service: Service) -> None:
    text = "\n".join(
        line
        for line in DESCRIPTION.splitlines()
        if not line.startswith(("batch", "people", "ref", "key_id"))
    )
    services.connected(text.replace("attempts", "batch = 1\nattempts"), secret="")
    service.behave = lambda request: answer([json.loads(request.content)])
    assert [a.state for a in ask(question(role="a"), question(role="b"))] == [State.FOUND] * 2
    assert "people" not in json.loads(service.requests[0].content)


def test_a_secret_is_kept_until_another_is_given(service: Service) -> None:
    register = services.connected()
    describe_anew(register, description=DESCRIPTION)
    register.refresh_from_db()
    assert register.secret == SECRET
    with database.cursor() as cursor:
        cursor.execute("SELECT c::text FROM evidence_connection c")
        assert SECRET not in cursor.fetchone()[0]


def test_a_name_without_a_number_is_asked_for_what_there_is(service: Service) -> None:
    services.connected()
    ask(question(person=child(resident_id="")))
    assert service.asked() == [{"ref": "0", "fullName": "王小涵"}]


def test_a_service_that_drips_is_slow(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    services.connected()

    class Drip(httpx.SyncByteStream):
        def __iter__(self):  # type: ignore[no-untyped-def]
            for _ in range(3):
                yield b" "

    moments = iter(range(0, 1000, 2))
    monkeypatch.setattr("junheng.evidence.runners.calling.time.monotonic", lambda: next(moments))
    service.behave = lambda _: httpx.Response(200, stream=Drip())
    assert ask(question())[0].note == str(ServiceTrouble.Kind.SLOW.label)


def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch, service: Service) -> None:
    services.connected()
    monkeypatch.setattr("junheng.evidence.runners.calling.LARGEST_ANSWER", 100)
    service.behave = lambda _: httpx.Response(200, text=" " * 1000)
    assert troubles() == []
    ask(question())
    assert troubles() == [("unreadable", 1, True)]


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_fail_at_once_count_twice(service: Service) -> None:
    register = services.connected()

    def fail() -> None:
        breaker.failed(register, "down", "", until_pause=2, pause_seconds=60)
        database.close()

    threads = [threading.Thread(target=fail) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ServiceState.objects.get().failures == 2
    assert not breaker.may_ask(register)
