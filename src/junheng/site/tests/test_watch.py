"""What a monitor reads: addresses, figures, and one line in the log per request and job."""

from __future__ import annotations

import json
import logging
import logging.config
import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.commons import jobs, worker
from junheng.commons.models import Job
from junheng.site.watch import metrics, requests, state, views
from junheng.site.watch.logs import logging_config

Usage = namedtuple("Usage", "total used free")
Lines = Callable[[], list[dict[str, Any]]]
PHONE = "13800001234"


@pytest.fixture
def lines(settings: Settings) -> Iterator[Lines]:
    """What would stand in the log of an installation."""
    stream = StringIO()
    config = logging_config(plain=False, requests=True)
    config["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)


def heartbeat() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


# ------------------------------------------------------------------------------- health


def test_a_process_that_answers_is_alive_whatever_the_database_does(client: Client) -> None:
    answer = client.get("/health/live")  # pytest-django refuses the database here
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_database_worker_and_disk_are(db: None, client: Client) -> None:
    heartbeat()
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "database": True, "worker": True, "disk": True}


def test_without_a_worker_it_is_not_ready_and_says_why(db: None, client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["worker"] is False


def test_without_room_it_is_not_ready(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, 10))
    assert client.get("/health/ready").json()["disk"] is False


def test_a_disk_that_does_not_answer_has_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_path: Any) -> Any:
        raise OSError("stale file handle")

    monkeypatch.setattr(shutil, "disk_usage", gone)
    assert not state.disk_has_room()


def test_without_a_database_it_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Any:
        raise DatabaseError("down")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": False, "worker": False, "disk": True}


def test_a_stranger_learns_only_whether(db: None, client: Client) -> None:
    assert client.get("/health/ready", REMOTE_ADDR="203.0.113.9").json() == {"ready": False}


# ------------------------------------------------------------------------------ metrics


@pytest.mark.parametrize(
    ("proxies", "meta", "status"),
    [
        pytest.param(0, {}, 200, id="from this machine"),
        pytest.param(0, {"REMOTE_ADDR": "::1"}, 200, id="from this machine by IPv6"),
        pytest.param(0, {"REMOTE_ADDR": "203.0.113.9"}, 404, id="from elsewhere"),
        pytest.param(0, {"REMOTE_ADDR": ""}, 404, id="from nowhere"),
        pytest.param(0, {"REMOTE_ADDR": "nonsense"}, 404, id="from nonsense"),
        pytest.param(
            0, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404, id="through a proxy nobody counted"
        ),
        pytest.param(0, {"HTTP_FORWARDED": "for=127.0.0.1"}, 404, id="through another such"),
        pytest.param(0, {"HTTP_X_REAL_IP": "127.0.0.1"}, 404, id="through a third"),
        pytest.param(
            1, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404, id="from elsewhere, counted proxy"
        ),
        pytest.param(
            1,
            {"HTTP_X_FORWARDED_FOR": "127.0.0.1, 203.0.113.9"},
            404,
            id="from elsewhere, pretending",
        ),
        pytest.param(1, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 200, id="named, counted proxy"),
    ],
)
def test_figures_are_for_named_addresses_only(
    proxies: int, meta: dict[str, str], status: int, db: None, client: Client, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert client.get("/metrics", **meta).status_code == status  # type: ignore[arg-type]


def test_other_addresses_can_be_named(db: None, client: Client, settings: Settings) -> None:
    settings.METRICS_FROM = ["10.1.0.0/16", "::1"]
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_figures_tell_of_requests_jobs_and_runs(db: None, client: Client) -> None:
    Job.objects.create(kind="test", title=f"list of {PHONE}")
    heartbeat()
    client.get(f"/nothing/{PHONE}/")
    client.get("/health/live")
    said = client.get("/metrics").content.decode()
    assert 'junheng_requests_total{method="GET",route="watch:live",status="200"}' in said
    assert 'route="none",status="404"' in said
    assert 'junheng_request_seconds_bucket{le="0.05",route="watch:live"}' in said
    assert 'junheng_jobs{state="queued"} 1.0' in said
    assert "junheng_worker_silent_seconds" in said
    assert "junheng_database_up 1.0" in said
    assert PHONE not in said


def test_an_invented_method_makes_no_new_label(client: Client) -> None:
    metrics.count_request("BREW-13800001234", "", 405, 0.1)
    said = metrics._requests().decode()
    assert 'method="other",route="none",status="405"' in said
    assert "BREW" not in said


def test_figures_without_a_database_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "database_answers", lambda: False)
    said = metrics.exposition().decode()
    assert "junheng_database_up 0.0" in said
    assert "junheng_jobs" not in said


def test_a_database_that_goes_away_meanwhile_is_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone() -> Any:
        raise DatabaseError("gone")

    monkeypatch.setattr(metrics, "database_answers", lambda: True)
    monkeypatch.setattr(metrics, "_jobs", gone)
    assert "junheng_disk_free_bytes" in metrics.exposition().decode()


# --------------------------------------------------------------------------------- logs


def test_a_request_has_one_line_and_its_number_in_the_answer(
    db: None, client: Client, lines: Lines
) -> None:
    answer = client.get(f"/?q={PHONE}")
    (line,) = [line for line in lines() if line["logger"] == "junheng.requests"]
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "portal:home", 200)
    assert line["request"] == answer["X-Request-ID"]
    assert line["user"] is None
    assert line["ms"] > 0
    assert PHONE not in json.dumps(lines())


def test_whoever_is_signed_in_is_known_by_a_number(db: None, client: Client, lines: Lines) -> None:
    somebody = cast.everybody().family
    client.force_login(somebody)
    client.get("/")
    (line,) = [line for line in lines() if line["logger"] == "junheng.requests"]
    assert line["user"] == somebody.pk
    assert somebody.username not in json.dumps(line)


def test_monitors_do_not_fill_the_log(client: Client, lines: Lines) -> None:
    client.get("/health/live")
    assert lines() == []


def test_an_address_that_is_not_there_is_not_written_down(
    db: None, client: Client, lines: Lines
) -> None:
    client.get(f"/children/{PHONE}/")
    assert [(line["route"], line["status"]) for line in lines()] == [("none", 404)]


def failing(request: HttpRequest) -> HttpResponse:
    logging.getLogger("django.request").error(
        "Internal Server Error: %s", request.path, exc_info=ValueError(f"child {PHONE}")
    )
    return HttpResponse(status=500)


def test_a_failure_keeps_its_exception_and_no_address(lines: Lines) -> None:
    request = RequestFactory().get(f"/children/{PHONE}/")
    request.resolver_match = None
    requests.RequestWatch(failing)(request)
    failure, line = lines()
    assert failure["event"] == "a request failed"
    assert "ValueError: child […]" in failure["exception"]
    assert failure["request"] == line["request"]
    assert line["level"] == "error"
    assert PHONE not in json.dumps([failure, line])


@pytest.mark.parametrize(
    ("given", "proxies", "kept"),
    [
        ("0123456789abcdef", 1, True),
        ("0123456789abcdef", 0, False),
        ('x","user":"1', 1, False),
        ("short", 1, False),
        ("a" * 65, 1, False),
    ],
)
def test_only_our_own_proxy_gives_numbers(
    given: str, proxies: int, kept: bool, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"x-request-id": given})
    assert (requests.number_of(request) == given) is kept


def test_a_job_tells_when_it_begins_and_how_it_was_left(db: None, lines: Lines) -> None:
    @jobs.job("test.watched", title="Watched")
    def watched(progress: Any) -> None:
        logging.getLogger("junheng.commons.test").warning("halfway with %s", PHONE)

    asked = watched.later(by=None)
    worker.work_off()
    begun, halfway, left = lines()
    assert (begun["event"], begun["kind"]) == ("job begun", "test.watched")
    assert (halfway["event"], halfway["job"]) == ("halfway with […]", str(asked.pk))
    assert (left["event"], left["state"]) == ("job left", "done")
    del jobs.KINDS["test.watched"]


def test_for_a_person_lines_are_plain_and_still_without_people(settings: Settings) -> None:
    stream = StringIO()
    config = logging_config(plain=True, requests=False)
    config["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(config)
    structlog.get_logger("junheng.requests").info("request")
    try:
        raise PermissionDenied(PHONE)
    except PermissionDenied:
        structlog.get_logger("junheng.test").exception("no", phone=PHONE, count=3)
    logging.config.dictConfig(settings.LOGGING)
    said = stream.getvalue()
    assert "error junheng.test no" in said
    assert "count=3" in said
    assert "PermissionDenied: […]" in said
    assert PHONE not in said
    assert "junheng.requests" not in said


def test_an_address_is_needed_to_watch() -> None:
    assert not views.may_watch(RequestFactory().get("/metrics", REMOTE_ADDR=None))
