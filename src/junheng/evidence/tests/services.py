"""Services that answer as a test wants, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import httpx
import pytest

from junheng.accounts.tests import cast
from junheng.evidence.models import Connection, Register, ServiceState
from junheng.evidence.runners.calling import Caller
from junheng.evidence.services import service_answers
from junheng.evidence.services.connecting import connect_service

HOST = "registers.example:8080"
SECRET = "shared-secret"
DESCRIPTION = f"""
url = "http://{HOST}/household/query"
timeout_seconds = 1
attempts = 2
backoff_seconds = 0.5
batch = 2
failures_until_pause = 2
pause_seconds = 60

[signing]
key_id = "junheng"

[request]
people = "people"
ref = "ref"
resident_id = "idNumber"
name = "fullName"

[response]
rows = "data.rows"
as_of = "data.asOf"

[response.fields]
ref = "ref"
resident_id = "idNumber"
name = "fullName"
born_on = "birthday"
household_number = "household"
place_code = "village"
"""
VEHICLES = DESCRIPTION.replace("/household/", "/vehicle/").replace(
    'household_number = "household"\nplace_code = "village"', 'plate = "plate"\nprice = "price"'
)
Handler = Callable[[httpx.Request], httpx.Response]


class Service:
    """A service that is asked through the real caller; `behave` is what it does next."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.behave: Handler = lambda _: answer([])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.behave(request)

    def asked(self) -> list[Mapping[str, str]]:
        """The people of the last request."""
        people: list[Mapping[str, str]] = json.loads(self.requests[-1].content)["people"]
        return people


def answer(rows: Sequence[Mapping[str, Any]], as_of: str = "2026-06-01") -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, json={"data": {"asOf": as_of, "rows": rows}})


def echo(request: httpx.Request) -> httpx.Response:
    """A row for everybody who was asked about."""
    people = json.loads(request.content)["people"]
    return answer([{**person, "household": "H1"} for person in people])


def install(monkeypatch: pytest.MonkeyPatch) -> Service:
    """From now on requests end here."""
    service = Service()
    caller = partial(Caller, transport=httpx.MockTransport(service), pause=service.pauses.append)
    monkeypatch.setattr(service_answers, "Caller", caller)
    return service


def connected(description: str = DESCRIPTION, secret: str = SECRET) -> Connection:
    """A household register that is a service."""
    return connect_service(
        name="Police",
        register=Register.HOUSEHOLD,
        path=cast.counties().path,
        description=description,
        secret=secret,
    )


def vehicles(description: str = VEHICLES) -> Connection:
    """A register of vehicles that is a service."""
    return connect_service(
        name="Vehicle office",
        register=Register.VEHICLE,
        path=cast.counties().path,
        description=description,
        secret=SECRET,
    )


def failing(_: httpx.Request) -> httpx.Response:
    """A service that says that it failed."""
    return httpx.Response(500)


def cars(request: httpx.Request) -> httpx.Response:
    """A car for everybody who was asked about."""
    people = json.loads(request.content)["people"]
    car = {"plate": "云Z00001", "price": "98000"}
    return answer([{**person, **car} for person in people])


def rested() -> None:
    """The pause of every service that failed is over."""
    ServiceState.objects.update(paused_until=None)
