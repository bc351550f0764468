"""The API as programs meet it: every answer is what its description says, whatever is asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from junheng.accounts.tests import cast
from junheng.admissions.tests.applying import builders as applying
from junheng.admissions.tests.rounds import builders as rounds

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""What a schema cannot know (that a lock is no fault) is left to the tests of each door."""


@pytest.fixture
def furnished(db: None) -> dict[str, Any]:
    """A published round, one that takes applications in, and a family with an application."""
    li, wu = cast.li(), cast.wu()
    record = rounds.published(li, wu)
    the_round = applying.taking(li, wu, ref="2026-taking")
    zhao = applying.family()
    return {"record": record, "application": applying.applied(the_round, zhao), "family": zhao}


def _described(client: Client) -> Any:
    schema = client.get("/api/v1/openapi.json").json()
    return schemathesis.openapi.from_dict(schema)


def test_every_answer_is_what_the_description_says(
    client: Client, furnished: dict[str, Any]
) -> None:
    schema = _described(client)
    client.force_login(furnished["family"])
    tried = 0
    for operation in schema.get_all_operations():
        tried += 1
        _try(operation.ok(), client)
    assert tried == 5


def _try(operation: Any, client: Client) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        case.validate_response(_answer(client, case), checks=CHECKS)

    one()


def _answer(client: Client, case: Any) -> Response:
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    parts = urlsplit(str(asked.url))
    answer = client.generic(
        str(asked.method),
        parts.path,
        asked.body or b"",
        content_type=asked.headers.get("Content-Type", "application/json"),
        query_string=parts.query,
    )
    headers = {name.lower(): [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, headers, answer.content, asked, 0.0, verify=False)


def test_a_family_gets_its_own_application_and_nobody_elses(
    client: Client, furnished: dict[str, Any]
) -> None:
    number = furnished["application"].number
    assert client.get("/api/v1/applications").status_code == 401
    client.force_login(furnished["family"])
    (row,) = client.get("/api/v1/applications").json()
    assert (row["number"], row["child"]) == (number, "王*涵")
    stranger = Client()
    stranger.force_login(applying.family("qian"))
    assert stranger.get(f"/api/v1/applications/{number}").status_code == 404
    assert stranger.get("/api/v1/applications").json() == []


def test_guesses_are_answered_only_so_often(client: Client, furnished: dict[str, Any]) -> None:
    address = f"/api/v1/rounds/{cast.COUNTY}/2026-g1/look-up"
    answers = {
        client.post(
            address,
            {"number": f"AP-2026-{n:04}", "digits": "0000"},
            content_type="application/json",
        ).status_code
        for n in range(25)
    }
    assert answers == {404, 429}


def test_planned_rounds_are_nobodys(client: Client, furnished: dict[str, Any]) -> None:
    rounds.loaded(cast.li(), ref="2027-planned")
    refs = {row["ref"] for row in client.get("/api/v1/rounds").json()}
    assert refs == {"2026-g1", "2026-taking"}
    detail = f"/api/v1/rounds/{cast.COUNTY}/2027-planned"
    assert client.get(detail).status_code == 404
