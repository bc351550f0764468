"""Nobody is found in the logs, however a number, a name or a telephone gets there."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from junheng.site.watch.redaction import HIDDEN, hidden, is_secret, redact, without_people

NUMBER = "99010020150101001X"
PHONE = "13800001234"
NAME = "王小涵"


def wide(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"id {NUMBER}.",
        f"“{NUMBER}”",
        f"{NAME}{NUMBER}",
        "990100 20150101 001X",
        "990100-20150101-001X",
        "990100 – 20150101 – 001X",
        wide(NUMBER),
        "990100150101001",
        f"[{NUMBER}]",
        f"/children/{NUMBER}/",
        f"?q={NUMBER}&page=2",
        f"{NUMBER}\n{NUMBER}",
        f'{{"number": "{NUMBER}"}}',
    ],
)
def test_an_identity_number_is_hidden(text: str) -> None:
    said = without_people(text)
    digits = re.sub(r"\D", "", said)
    assert len(digits) < 6, said


@pytest.mark.parametrize(
    "text",
    [
        PHONE,
        "138 0000 1234",
        "138-0000-1234",
        "138.0000.1234",
        "+86 138 0000 1234",
        "0086 13800001234",
        "(138) 0000 1234",
        wide(PHONE),
        f"tel:{PHONE}",
        f"{PHONE}@example.invalid",
    ],
)
def test_a_telephone_is_hidden(text: str) -> None:
    assert "1234" not in without_people(text)


@pytest.mark.parametrize(
    "text",
    [
        f"pupil {NAME} was not found",
        f"ValueError: invalid literal for int(): '{NAME}'",
        "child 阿依古丽·买买提 is missing",
        "𰻝家洼",
        "name='Zhao Min'",
        'guardian_name: "Zhao Min", row 3',
        "name=Zhao Min, row 3",
        "{'username': 'Zhao Min'}",
        "mail to Zhao.Min@example.invalid",
        'null value in column "phone"\nDETAIL:  Failing row contains (7, Zhao Min, 1).',
        "DETAIL:  Key (child_name)=(Zhao Min) already exists.",
        "Key (username)=(Zhao Min) already exists.",
        'CONTEXT:  COPY people, line 2, column nickname: "Zhao Min"',
    ],
)
def test_a_name_is_hidden(text: str) -> None:
    said = without_people(text)
    assert "Min" not in said
    assert not re.search(r"[\u3400-\u9fff\U00020000-\U0003ffff]", said)


@pytest.mark.parametrize(
    "key",
    [
        *("name", "child_name", "guardianName", "phone", "PHONE", "id_number", "resident_id"),
        *("password", "csrfmiddlewaretoken", "HTTP_COOKIE", "Authorization", "email", "born_on"),
        *("url", "path", "query", "address", "look_up_code", "session-token"),
    ],
)
def test_what_a_key_gives_away_is_hidden(key: str) -> None:
    assert is_secret(key)
    assert redact(None, "", {key: "anything at all"}) == {key: HIDDEN}


@pytest.mark.parametrize(
    "key", ["event", "level", "logger", "at", "method", "route", "status", "ms", "user", "job"]
)
def test_what_an_operator_needs_stays(key: str) -> None:
    assert not is_secret(key)


@pytest.mark.parametrize(
    "value",
    [
        "admissions:round",
        "2026-11-26T03:15:08.123456Z",
        "2026-11-26 03:15",
        str(uuid.UUID(int=12345678901234567890)),
        "job 0b5ad1f0 failed after 3 attempts",
        "psycopg.errors.DeadlockDetected: deadlock detected",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        'File "/srv/junheng/src/junheng/commons/worker.py", line 123, in perform',
    ],
)
def test_what_is_nobodys_stays(value: str) -> None:
    assert without_people(value) == value


def test_numbers_in_numbers_lists_and_bytes_are_hidden_too() -> None:
    value = {
        "rows": [int(PHONE), NUMBER, (NAME,)],
        "raw": PHONE.encode(),
        "deep": {"phone": 7, NAME: 1},
        "count": 1234567,
        "share": 0.5,
        "none": None,
        "yes": True,
        "at": datetime(2026, 9, 1, tzinfo=UTC),
    }
    said = hidden(value)
    assert said["rows"] == [HIDDEN, HIDDEN, [HIDDEN]]
    assert said["raw"] == HIDDEN
    assert said["deep"] == {"phone": HIDDEN, HIDDEN: 1}
    assert [said[key] for key in ("count", "share", "none", "yes")] == [1234567, 0.5, None, True]
    assert said["at"].startswith("2026-09-01")


def test_what_lies_too_deep_or_is_too_long_is_not_written() -> None:
    deep: Any = PHONE
    for _ in range(50):
        deep = [deep]
    assert PHONE not in str(hidden(deep))
    assert len(without_people("x" * 1_000_000)) <= 20_000


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_whatever_stands_around_a_number_it_is_not_read(before: str, after: str) -> None:
    said = without_people(f"{before} {NUMBER} {after}")
    assert NUMBER not in said


@given(st.recursive(st.text() | st.integers() | st.binary(), st.lists, max_leaves=20))
def test_nothing_breaks_the_log(value: Any) -> None:
    hidden(value)


@pytest.mark.parametrize(
    "text", ["1 " * 20_000, "name=" * 5000, "王" * 50_000, "1-" * 20_000 + "x"]
)
def test_a_hostile_text_takes_no_time(text: str) -> None:
    began = datetime.now(UTC)
    without_people(text)
    assert (datetime.now(UTC) - began).total_seconds() < 5
