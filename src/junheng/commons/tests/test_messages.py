"""Messages: written with what they tell, sent once, tried again, and never with a name in them."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from pytest_django import Settings

from junheng.commons import gateways, messages, sending
from junheng.commons.gateways import Console, Http, Never, NotNow, Text
from junheng.commons.messages import Template, UnfitForMessage, Value
from junheng.commons.models import Message

PHONE = "13800000001"
TEMPLATE = Template("test.number", gettext_lazy("Number %(number)s"), {"number": Value.NUMBER})
SECRET = Template(
    "test.code",
    "Code %(code)s",
    {"code": Value.CODE},
    urgent=True,
    secret=True,
    lifetime=timedelta(minutes=5),
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two templates of these tests, beside those of the house."""
    monkeypatch.setattr(messages, "_TEMPLATES", dict(messages.templates()))
    messages.register(TEMPLATE)
    messages.register(SECRET)


@dataclass
class Told:
    """A gateway that remembers, and fails as often as it is told to."""

    failures: list[Exception] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)

    def send(self, text: Text) -> str:
        self.texts.append(text)
        self.heard.set()
        if self.failures:
            raise self.failures.pop(0)
        return "G-1"


def write(number: str = "AP-26-0001", **different: Any) -> Message:
    messages.send(PHONE, TEMPLATE.key, {"number": number}, subject=number, **different)
    return Message.objects.latest("written_at")


def due() -> None:
    Message.objects.filter(state="waiting").update(next_at=timezone.now())


# --------------------------------------------------------------------------- writing


@pytest.mark.django_db
def test_a_message_is_written_sealed_and_sent_in_the_language_of_who_caused_it() -> None:
    with translation.override("en"):
        message = write()
    assert PHONE.encode() not in bytes(message.__dict__["phone"])
    gateway = Told()
    assert sending.send_waiting(gateway) == 1
    (text,) = gateway.texts
    assert (text.phone, text.words, text.number) == (PHONE, "Number AP-26-0001", str(message.pk))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.answer) == ("sent", 1, "G-1")
    assert sending.send_waiting(gateway) == 0


@pytest.mark.django_db
def test_what_is_rolled_back_tells_nobody() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_the_same_event_is_told_once() -> None:
    write(dedupe="received:1")
    write("AP-26-0002", dedupe="received:1")
    write("AP-26-0003", dedupe="received:2")
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "values",
    [
        {"number": "王小涵"},
        {"number": "99010020200229002X"},
        {"number": "990100202002290"},
        {"number": "13800000001"},
        {"number": "AP-1\n1234567"},
        {"number": ""},
        {},
        {"number": "AP-26-0001", "name": "Wang"},
    ],
)
def test_no_name_and_no_identity_number_gets_into_a_message(values: dict[str, str]) -> None:
    with pytest.raises(UnfitForMessage) as told:
        messages.send(PHONE, TEMPLATE.key, values, subject="x")
    assert not any(value in str(told.value) for value in values.values() if value)


def test_every_template_of_the_house_has_words_for_its_values() -> None:
    for template in messages.templates().values():
        shown = str(template.words) % dict.fromkeys(template.values, "1")
        assert shown.count("1") >= len(template.values)
        assert len(shown) < 140


# --------------------------------------------------------------------------- sending


@pytest.mark.django_db
def test_who_waits_in_front_of_a_page_comes_first() -> None:
    write()
    messages.send(PHONE, SECRET.key, {"code": "123456"}, subject="x")
    gateway = Told()
    sending.send_waiting(gateway)
    assert [text.template for text in gateway.texts] == ["test.code", "test.number"]


@pytest.mark.django_db
def test_a_code_is_forgotten_once_it_was_sent() -> None:
    messages.send(PHONE, SECRET.key, {"code": "123456"}, subject="x")
    sending.send_waiting(Told())
    assert Message.objects.get().content is None


@pytest.mark.django_db
def test_what_did_not_work_is_tried_again_after_longer_and_longer_pauses() -> None:
    message = write()
    gateway = Told([NotNow("HTTP 503")] * 20)
    pauses = []
    for _attempt in range(len(sending.PAUSES)):
        due()
        sending.send_waiting(gateway)
        message.refresh_from_db()
        assert message.state == "waiting"
        pauses.append(message.next_at - timezone.now())
    assert pauses == sorted(pauses)
    due()
    sending.send_waiting(gateway)
    message.refresh_from_db()
    assert (message.state, message.answer) == ("given_up", "HTTP 503")
    assert len({text.number for text in gateway.texts}) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("failure", [Never("HTTP 400"), NotNow("x"), ZeroDivisionError()])
def test_one_that_fails_holds_no_other_up(failure: Exception) -> None:
    write()
    write("AP-26-0002")
    sending.send_waiting(Told([failure]))
    states = Message.objects.order_by("written_at").values_list("state", flat=True)
    expected = "given_up" if isinstance(failure, Never) else "waiting"
    assert list(states) == [expected, "sent"]


@pytest.mark.django_db
def test_a_code_that_comes_too_late_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    messages.send(PHONE, SECRET.key, {"code": "123456"}, subject="x")
    message = Message.objects.get()
    monkeypatch.setattr(message, "expires_at", timezone.now())
    sending.claim()
    message.attempts = 1
    gateway = Told()
    sending.send_one(message, gateway)
    message.refresh_from_db()
    assert (message.state, message.content, gateway.texts) == ("given_up", None, [])


@pytest.mark.django_db
def test_a_message_that_is_being_sent_is_left_alone_for_a_minute() -> None:
    write()
    assert len(sending.claim()) == 1
    assert sending.claim() == []
    due()
    assert len(sending.claim()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"state": "waiting", "ended_at": None}, "sent", "stays so"),
        ({"subject": "other"}, "waiting", "never changes"),
        ({"content": None}, "waiting", "never changes"),
        ({"dedupe": "x"}, "waiting", "never changes"),
        ({"state": "sent"}, "waiting", "message_ends"),
    ],
)
def test_the_database_lets_nobody_say_something_else_or_send_it_twice(
    changes: dict[str, Any], state: str, words: str
) -> None:
    write()
    if state == "sent":
        sending.send_waiting(Told())
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        Message.objects.update(**changes)


@pytest.mark.django_db
def test_what_became_of_several_is_written_down_in_one_transaction(
    django_assert_max_num_queries: Any,
) -> None:
    for number in ("AP-26-0001", "AP-26-0002", "AP-26-0003"):
        write(number)
    gateway = Told([Never("HTTP 400"), NotNow("HTTP 503")])
    outcomes = [sending.attempt(each, gateway) for each in sending.claim()]
    with django_assert_max_num_queries(len(outcomes) + 2):
        sending.write_down(outcomes)
    states = Message.objects.order_by("written_at").values_list("state", "answer")
    assert list(states) == [("given_up", "HTTP 400"), ("waiting", "HTTP 503"), ("sent", "G-1")]


@pytest.mark.django_db
def test_what_another_process_has_taken_over_is_left_to_it() -> None:
    write()
    (ours,) = sending.claim()
    outcome = sending.attempt(ours, Told())
    due()
    (theirs,) = sending.claim()
    sending.write_down([outcome])
    assert Message.objects.get().state == "waiting"
    sending.write_down([sending.attempt(theirs, Told())])
    assert Message.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_an_outcome_is_written_down_when_the_database_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway, away = Told(), [OperationalError(), OperationalError()]
    really = sending.write_down

    def write_down(outcomes: Iterable[sending.Outcome]) -> None:
        if away:
            raise away.pop()
        really(outcomes)

    monkeypatch.setattr(gateways, "configured", lambda: gateway)
    monkeypatch.setattr(sending, "write_down", write_down)
    write()
    sender = sending.Sender()
    sender.start()
    try:
        assert wait_until(lambda: Message.objects.filter(state="sent").exists())
    finally:
        sender.enough.set()
        sender.join(timeout=10)
    assert len(gateway.texts) == 1


def wait_until(come: Callable[[], bool], seconds: float = 10) -> bool:
    ends = time.monotonic() + seconds
    while not (so := come()) and time.monotonic() < ends:
        time.sleep(0.05)
    return so


@pytest.mark.django_db(transaction=True)
def test_the_workers_thread_sends_at_once_and_stops_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway = Told()
    heard = gateway.heard
    monkeypatch.setattr(gateways, "configured", lambda: gateway)
    sender = sending.Sender()
    sender.start()
    try:
        write()
        assert heard.wait(timeout=10)
    finally:
        sender.enough.set()
        sender.join(timeout=10)
    assert Message.objects.get().state == "sent"


# --------------------------------------------------------------------------- gateways

TEXT = Text("n-1", PHONE, "SMS_1", {"code": "123456"}, "Code 123456")


def test_the_console_shows_the_words_and_masks_the_telephone(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.SMS_URL, settings.DEMO = "", True
    assert isinstance(gateways.configured(), Console)
    gateways.configured().send(TEXT)
    assert capsys.readouterr().err == "[SMS 138****0001] Code 123456\n"


@pytest.mark.django_db
def test_without_a_gateway_a_message_waits_and_is_shown_nowhere(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    settings.SMS_URL, settings.DEMO, settings.DEBUG = "", False, False
    messages.send(PHONE, "accounts.code", {"code": "482913", "minutes": 5}, subject="t")
    sending.send_waiting()
    waiting = Message.objects.get()
    assert (waiting.state, waiting.attempts, waiting.answer) == ("waiting", 1, "no gateway is set")
    shown = "".join((*capfd.readouterr(), caplog.text))
    assert "482913" not in shown
    assert PHONE not in shown


class Answering(BaseHTTPRequestHandler):
    """Checks the signature as a gateway would, and answers what it was told."""

    answer = (200, b'{"number": "G-7"}')
    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        moment = self.headers["X-Junheng-Time"]
        signed = f"POST\n{self.path}\n{moment}\n{hashlib.sha256(body).hexdigest()}"
        wanted = hmac.new(b"secret", signed.encode(), hashlib.sha256).hexdigest()
        assert self.headers["X-Junheng-Signature"] == wanted
        self.seen.append(
            {"path": self.path, "key": self.headers["X-Junheng-Key"]} | json.loads(body)
        )
        status, content = self.answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Silent."""


@pytest.fixture
def gateway() -> Iterator[tuple[Http, type[Answering]]]:
    """A gateway on this machine."""
    handler = type("Handler", (Answering,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield (
        Http(f"http://127.0.0.1:{server.server_port}/sms?v=1", "key-1", "secret", "云槐", 2),
        handler,
    )
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_gateway_gets_a_signed_request(gateway: tuple[Http, type[Answering]]) -> None:
    way, handler = gateway
    assert way.send(TEXT) == "G-7"
    assert handler.seen == [
        {
            "path": "/sms?v=1",
            "key": "key-1",
            "number": "n-1",
            "phone": PHONE,
            "template": "SMS_1",
            "values": {"code": "123456"},
            "sign": "云槐",
        }
    ]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(400, Never), (403, Never), (429, NotNow), (500, NotNow), (503, NotNow), (302, NotNow)],
)
def test_a_gateway_refuses_for_good_or_for_now(
    gateway: tuple[Http, type[Answering]], status: int, outcome: type[Exception]
) -> None:
    way, handler = gateway
    handler.answer = (status, b"")
    with pytest.raises(outcome, match=f"HTTP {status}"):
        way.send(TEXT)
    assert len(handler.seen) == 1


@pytest.mark.parametrize("content", [b"", b"ok", b"[]", b"\xff", b'"text"'])
def test_a_gateway_that_answers_something_else_has_sent_it(
    gateway: tuple[Http, type[Answering]], content: bytes
) -> None:
    way, handler = gateway
    handler.answer = (200, content)
    assert way.send(TEXT) == ""


def test_a_gateway_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotNow, match="ConnectionRefusedError"):
        Http("http://127.0.0.1:9/", "k", "s", "", 1).send(TEXT)


@pytest.mark.django_db
def test_the_settings_name_gateway_and_templates(settings: Settings) -> None:
    settings.SMS_URL, settings.SMS_KEY, settings.SMS_SECRET = "https://g.example/s", "k", "s"
    settings.SMS_SIGN, settings.SMS_SECONDS = "云槐", 3.0
    settings.SMS_TEMPLATES = {TEMPLATE.key: "SMS_9"}
    assert gateways.configured() == Http("https://g.example/s", "k", "s", "云槐", 3.0)
    assert not gateways.is_console()
    write()
    gateway = Told()
    sending.send_waiting(gateway)
    assert gateway.texts[0].template == "SMS_9"


def test_what_is_held_back_is_written_nowhere(db: None) -> None:
    with messages.held_back():
        messages.send(PHONE, TEMPLATE.key, {"number": "AP-2026-7KQ4-9XMFC"}, subject="drill")
        assert messages.are_held_back()
    assert not messages.are_held_back()
    assert not Message.objects.exists()
