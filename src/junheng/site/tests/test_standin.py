"""The stand-in of three departments, asked as the site asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from junheng.evidence import facade as evidence
from junheng.evidence.facade import Person, Question, Register, State, ask_by_number
from junheng.evidence.runners.calling import Caller
from junheng.evidence.services import service_answers
from junheng.registry.demo.county import build
from junheng.registry.demo.households import Told, told_by
from junheng.registry.demo.registers import AS_OF, register_rows
from junheng.site.standin import application as standin
from junheng.site.standin.answers import with_more, written
from junheng.site.standin.described import descriptions

pytestmark = pytest.mark.django_db
URL, SECRET = "http://standin.example:80", "demonstration"


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    return dict(told_by(build("standin", entrants=1_000)))


@pytest.fixture
def asked(
    told: dict[str, Told], tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """Both registers connected, without a network between."""
    file = tmp_path / "standin.json"
    rows = register_rows(told.values(), "standin")
    file.write_text(written(rows, as_of=AS_OF.isoformat(), secret=SECRET), "utf-8")
    settings.REGISTER_HOSTS = ["standin.example:80"]
    monkeypatch.setenv("JUNHENG_STANDIN_FILE", str(file))
    standin._read.cache_clear()
    transport = httpx.WSGITransport(app=standin.application)
    caller = partial(Caller, transport=transport, pause=lambda _: None)
    monkeypatch.setattr(service_answers, "Caller", caller)
    for register, text in descriptions(URL).items():
        evidence.connect_service(
            name=register, register=Register(register), path="/", description=text, secret=SECRET
        )
    yield httpx.Client(transport=transport, base_url=URL)
    standin.fault["kind"] = "none"
    standin._read.cache_clear()


def households(families: list[Told]) -> list[evidence.Answer]:
    questions = [
        Question(Register.HOUSEHOLD, Person(f.child_name, f.child_number, f.born_on, f.village))
        for f in families
    ]
    return evidence.look_up(questions, subject="x", purpose="test", legal_basis="test")


def houses(families: list[Told]) -> list[evidence.Answer]:
    questions = [
        Question(
            Register.REAL_ESTATE,
            Person(f.guardian_name, f.guardian_number, None, f.village),
            {"certificate": f.certificate},
        )
        for f in families
    ]
    return evidence.look_up(questions, subject="x", purpose="test", legal_basis="test")


def test_families_are_found_as_expected(asked: httpx.Client, told: dict[str, Told]) -> None:
    claiming = [f for f in told.values() if "household" in f.claims]
    for family, answer in zip(claiming, households(claiming), strict=True):
        if family.expected in {"agrees", "house_missing", "house_other"}:
            assert answer.state == State.FOUND
            assert answer.facts["place_code"] == family.village
        elif family.expected == "household_missing":
            assert answer.state == State.NOT_FOUND
        elif family.expected == "household_elsewhere":
            assert "place" in answer.differs
        else:
            assert answer.state in {State.PROBABLE, State.SEVERAL}
    owning = [f for f in told.values() if "house" in f.claims]
    for family, answer in zip(owning, houses(owning), strict=True):
        wanted = {"house_missing": State.NOT_FOUND, "house_other": State.PROBABLE}
        assert answer.state == wanted.get(family.expected, State.FOUND)


@pytest.mark.parametrize("fault", ["failing", "unreadable", "wrong_person"])
def test_faults_are_switched_on_at_its_page(
    asked: httpx.Client, told: dict[str, Told], fault: str
) -> None:
    assert asked.post("/faults", data={"kind": fault}).status_code == 200
    family = next(f for f in told.values() if f.expected == "agrees" and "household" in f.claims)
    (answer,) = households([family])
    assert answer.state == State.UNAVAILABLE
    assert asked.post("/faults", data={"kind": "none"}).status_code == 200
    assert households([family])[0].state == State.FOUND
    assert asked.post("/faults", data={"kind": "x"}).status_code == 400


def test_its_page_tells_what_openapi_tells(asked: httpx.Client) -> None:
    described = asked.get("/openapi.json").json()
    page = asked.get("/").text
    for path in described["paths"]:
        assert path in page
    assert "certificateNumber" in page
    assert asked.get("/household/query").status_code == 404


def test_what_is_not_signed_or_not_json_is_refused(asked: httpx.Client) -> None:
    assert asked.post("/household/query", json={"people": []}).status_code == 401
    assert asked.post("/faults", content=b"x" * 3_000_000).status_code == 401
    headers = {"X-Timestamp": "1", "X-Signature": "x"}
    assert asked.post("/household/query", json={}, headers=headers).status_code == 401
    for body in (b"[]", b"{", json.dumps({"people": [1]}).encode()):
        with pytest.raises(standin.Refused):
            standin._people(body)


def test_a_register_that_is_added_later_is_answered_from(
    asked: httpx.Client, tmp_path: Path
) -> None:
    """As in the demonstration, whose households come after the round."""
    source = evidence.connections_of("/")
    (vehicles,) = (one for one in source if one.register == Register.VEHICLE)
    owner, other = Person("田大山", "990100198001010018"), Person("田大山", "990100198001010026")
    (nothing,) = ask_by_number(vehicles, [owner])
    assert isinstance(nothing, evidence.Owned)
    assert nothing.rows == ()
    file = tmp_path / "standin.json"
    car = {"resident_id": owner.resident_id, "name": owner.name, "plate": "云A71902"}
    fresh = tmp_path / "standin.new"
    fresh.write_text(with_more(file.read_text("utf-8"), {"vehicle": [car]}), "utf-8")
    fresh.replace(file)
    mine, nobodys = ask_by_number(vehicles, [owner, other])
    assert isinstance(mine, evidence.Owned)
    assert isinstance(nobodys, evidence.Owned)
    assert [row["plate"] for row in mine.rows] == ["云A71902"]
    assert nobodys.rows == (), "no namesake's"
    asked.post("/faults", data={"kind": "wrong_person"})
    assert ask_by_number(vehicles, [owner]) == [evidence.Silence.WRONG_PERSON]
    assert asked.get("/").text.count("/vehicle/query") == 1
