"""Asking registers: what passes, what goes to a person, and what nobody knows."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from junheng.accounts.tests import cast
from junheng.evidence import facade
from junheng.evidence.facade import Register, State
from junheng.evidence.models import Finding, Record
from junheng.evidence.services.connecting import end_connection
from junheng.evidence.tests.builders import (
    AS_OF,
    BASIS,
    CHILD,
    OTHER,
    PURPOSE,
    ask,
    child,
    delivered,
    question,
    row,
    tables,
)

pytestmark = pytest.mark.django_db
HOUSE = Register.REAL_ESTATE


def test_who_agrees_in_number_and_name_is_found_with_source_and_day() -> None:
    register = tables()
    delivered(register, row(household_number="H1"), row(resident_id=OTHER, name="李四"))
    (answer,) = ask(question(role="child"))
    assert (answer.state, answer.source, answer.as_of) == (State.FOUND, register.name, AS_OF)
    assert answer.facts["household_number"] == "H1"
    assert answer.agreed == ("number", "name", "birth", "place")
    assert answer.probability > 0.999


def test_a_number_of_15_characters_finds_the_one_of_18() -> None:
    delivered(tables(), row(resident_id="990100880314001", name="王大明", born_on=None))
    person = child(name="王大明", resident_id="\uff19\uff190100198803140017", born_on=None)
    assert ask(question(person=person))[0].state == State.FOUND


def test_two_people_with_one_number_pass_for_neither() -> None:
    delivered(tables(), row(), row(name="赵六", born_on=date(1990, 1, 1)))
    (answer,) = ask(question())
    assert answer.state in {State.PROBABLE, State.SEVERAL}
    assert answer.facts["name"] == "王小涵"


def test_a_number_whose_name_and_birthday_disagree_is_not_certain() -> None:
    delivered(tables(), row(name="赵六", born_on=date(1990, 1, 1)))
    (answer,) = ask(question())
    assert answer.state in {State.PROBABLE, State.NOT_FOUND}
    assert answer.probability < 0.9


def test_without_a_number_a_name_that_sounds_alike_is_only_probable() -> None:
    delivered(tables(), row(resident_id=None, name="王晓含"))
    (answer,) = ask(question())
    assert answer.state == State.PROBABLE
    assert set(answer.agreed) == {"name", "birth", "place"}


def test_nobody_there_is_not_found() -> None:
    delivered(tables(), row(resident_id=OTHER, name="李四", born_on=None, address=None))
    assert ask(question())[0].state == State.NOT_FOUND


def test_of_several_houses_the_certificate_says_which() -> None:
    rows = [row(HOUSE, certificate=f"C-{n}", address=f"{n} Lane") for n in (1, 2, 22)]
    delivered(tables(HOUSE), *rows)
    found, unclear, wrong = ask(
        question(HOUSE, about={"certificate": "c 2"}, role="a"),
        question(HOUSE, role="b", person=child(place="")),
        question(HOUSE, about={"certificate": "C-9"}, role="c"),
    )
    assert (found.state, found.facts["address"]) == (State.FOUND, "2 Lane")
    assert unclear.state == State.SEVERAL
    assert (wrong.state, wrong.differs[-1]) == (State.PROBABLE, "certificate")


def test_a_certificate_under_another_name_says_so_but_shows_nothing() -> None:
    delivered(tables(HOUSE), row(HOUSE, certificate="C-1", resident_id=OTHER, name="李四"))
    (answer,) = ask(question(HOUSE, about={"certificate": "C-1"}, person=child(place="")))
    assert (answer.state, answer.facts) == (State.NOT_FOUND, {})
    assert answer.agreed == ("certificate",)
    assert answer.note


def test_what_is_not_connected_or_not_delivered_is_no_refusal() -> None:
    tables(Register.TAX)
    states = [answer.state for answer in ask(question(), question(Register.TAX))]
    assert states == [State.NOT_CONNECTED, State.UNAVAILABLE]


def test_of_two_connections_the_one_that_knows_counts() -> None:
    delivered(tables(name="North"), row(resident_id=OTHER, name="李四", born_on=None))
    delivered(tables(name="South"), row())
    tables(name="West")
    (answer,) = ask(question())
    assert (answer.state, answer.source) == (State.FOUND, "South")


def test_a_connection_that_has_ended_is_not_asked() -> None:
    register = tables()
    delivered(register, row())
    assert facade.connected() == {Register.HOUSEHOLD}
    end_connection(register, on=AS_OF)
    assert facade.connected() == frozenset()
    assert ask(question())[0].state == State.NOT_CONNECTED


def test_a_place_is_asked_by_its_own_connections_only() -> None:
    delivered(tables(), row())
    county = cast.counties()
    inside = facade.connected(f"{county.path}990100001/")
    assert inside == {Register.HOUSEHOLD}
    assert facade.connected("/99/9901/990200/") == frozenset()


def test_the_last_answer_in_a_role_counts() -> None:
    register = tables()
    delivered(register, row(resident_id=OTHER, name="李四", born_on=None, address=None))
    ask(question(role="child"))
    delivered(register, row(), as_of=date(2026, 6, 2))
    ask(question(role="child"))
    (answer,) = facade.findings_of("application:1")
    assert (answer.state, answer.role) == (State.FOUND, "child")
    assert facade.findings_of_many(["application:1", "application:2"]).keys() == {"application:1"}
    assert facade.forget("application:1") == 2
    assert facade.findings_of("application:1") == []


def test_nothing_that_names_somebody_is_stored_in_the_clear() -> None:
    delivered(tables(), row())
    ask(question())
    with connection.cursor() as cursor:
        for table in (Record._meta.db_table, Finding._meta.db_table):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 -- our own tables
            text = "".join(line for (line,) in cursor.fetchall())
            assert CHILD not in text
            assert "王小涵" not in text


def test_without_purpose_or_basis_nothing_is_asked() -> None:
    with pytest.raises(ValueError, match="legal basis"):
        facade.look_up([question()], subject="x", purpose=PURPOSE, legal_basis=" ")
    ask(question())
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.bulk_create([Finding(subject="x", purpose="", legal_basis=BASIS)])


def test_a_finding_never_changes() -> None:
    ask(question())
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Finding.objects.update(state=State.FOUND)


def test_a_thousand_people_take_as_many_queries_as_one() -> None:
    numbers = [f"99010020200229{n:03}" for n in range(1000)]
    delivered(
        tables(),
        *[row(resident_id=f"{n}?", name=f"王{chr(0x4E00 + i)}") for i, n in enumerate(numbers)],
    )

    def queries(many: int) -> int:
        asked = [
            (
                f"s{i}",
                question(person=child(resident_id=f"{numbers[i]}?", name=f"王{chr(0x4E00 + i)}")),
            )
            for i in range(many)
        ]
        with CaptureQueriesContext(connection) as captured:
            answers = facade.look_up_many(asked, purpose=PURPOSE, legal_basis=BASIS)
        assert {answer.state for answer in answers} <= {State.PROBABLE, State.SEVERAL}
        return len(captured)

    assert queries(1000) == queries(2)
