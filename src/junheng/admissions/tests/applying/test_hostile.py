"""Forty things that somebody might type to do harm: each is refused, or shown as the text it is."""

from __future__ import annotations

import html
import io

import openpyxl
import pytest
from django.test import Client

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import Application, ApplicationDraft, Round
from junheng.admissions.tests.applying import builders
from junheng.admissions.tests.applying.test_pages import CHILD, GUARDIAN, HOME

pytestmark = pytest.mark.django_db

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "'-alert(1)-'",
    "{{ 7*7 }}",
    "{% debug %}",
    "${7*7}",
    "<!--#exec cmd=ls-->",
    "<a href=//evil.example>x</a>",
]
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(1)", "\t=1+1", "=cmd|' /C x'!A0"]
PATHS = ["../../etc/passwd", "..\\..\\x", "/etc/passwd", "file:///etc/passwd", "C:\\x.exe"]
SQL = ["' OR '1'='1", "1; DROP TABLE x;--", "%27%20OR%201=1", "' UNION SELECT 1--", "\\'; --"]
HEADERS = ["a\r\nSet-Cookie: x=1", "a\nX: y", "a%0d%0aLocation: //evil.example"]
LOOK_ALIKES = [
    "王\u200b小涵",
    "王\u202e涵小",
    "王\u2066小\u2069涵",
    "\ufeff王小涵",
    "王小涵\x00",
    "\uff37ang",
    "\u1d21ang",
]
OVERSIZE = ["王" * 41, "a" * 5_000, "\U0001f600" * 41]
HOSTILE = [*SCRIPTS, *FORMULAS, *PATHS, *SQL, *HEADERS, *LOOK_ALIKES, *OVERSIZE]


def test_there_are_forty_of_them() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 40


@pytest.fixture
def the_round(li: User) -> Round:
    return builders.taking(li, cast.wu())


@pytest.fixture
def zhao(client: Client) -> User:
    user = builders.family()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def bare(page: str, typed: str) -> bool:
    """Whether something of a page stands there as it was typed, though it has signs of markup."""
    return html.escape(typed) != typed and typed in page


def test_names_and_addresses_do_no_harm_on_any_page(
    client: Client, the_round: Round, zhao: User
) -> None:
    officer = Client()
    officer.force_login(cast.li())
    kept = 0
    for turn, typed in enumerate(HOSTILE):
        client.post(f"/apply/{cast.COUNTY}/{the_round.ref}/", {"agreed": "1"})
        draft = ApplicationDraft.objects.get()
        number = builders.number_of("2020-03-01", 2 * turn + 10)
        for page, data in (
            ("child", {**CHILD, "name": typed, "number": number}),
            ("home", {**HOME, "address": typed, "certificate": typed}),
            ("guardian", {**GUARDIAN, "name": typed, "phone": "13800000001"}),
        ):
            answer = client.post(f"/apply/drafts/{draft.pk}/{page}/", data)
            assert answer.status_code in (200, 302)
            assert not bare(answer.content.decode(), typed)
        client.post(f"/apply/drafts/{draft.pk}/check/", {"declared": "1"})
        made = Application.objects.filter(pk=draft.pk).first()
        if made is None:
            draft.delete()
            continue
        kept += 1
        assert str(made.child_name) == typed.strip()
        for page in (f"/apply/numbers/{made.number}/", "/apply/"):
            assert not bare(client.get(page).content.decode(), typed)
        review = officer.get(f"/rounds/applications/{made.number}/").content.decode()
        assert not bare(review, typed)
    refused = set(OVERSIZE + LOOK_ALIKES[:5] + HEADERS[:2])
    assert 0 < kept <= len(HOSTILE) - len(refused)


@pytest.mark.parametrize("typed", [*OVERSIZE, *LOOK_ALIKES[:5], *HEADERS[:2]])
def test_what_nobody_could_read_or_is_too_long_is_refused(
    client: Client, the_round: Round, zhao: User, typed: str
) -> None:
    client.post(f"/apply/{cast.COUNTY}/{the_round.ref}/", {"agreed": "1"})
    draft = ApplicationDraft.objects.get()
    answer = client.post(f"/apply/drafts/{draft.pk}/child/", {**CHILD, "name": typed})
    assert answer.status_code == 200
    assert "invalid-feedback" in answer.content.decode()


def test_an_export_holds_text_and_no_formula(
    client: Client, the_round: Round, zhao: User, li: User
) -> None:
    builders.applied(the_round, zhao, child={"name": "=1+1"})
    officer = Client()
    officer.force_login(li)
    answer = officer.post(f"/rounds/{the_round.pk}/applications/", {"_export": "1"})
    if answer.status_code == 302:
        answer = officer.get(answer["location"])
    content = answer.getvalue()
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert any(cell.data_type == "s" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.parametrize(
    "address",
    [
        "/apply/drafts/00000000-0000-0000-0000-000000000000/child/",
        "/apply/drafts/not-a-uuid/child/",
        "/apply/numbers/AP-2026-XXXX-XXXXX/",
        "/apply/numbers/%3Cscript%3E/",
        f"/apply/{cast.COUNTY}/..%2f..%2f/",
        "/apply/990100/nothing/",
    ],
)
def test_addresses_that_lead_nowhere_say_so(
    client: Client, the_round: Round, zhao: User, address: str
) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("page", ["child", "home", "guardian"])
def test_wrong_types_are_no_crash(client: Client, the_round: Round, zhao: User, page: str) -> None:
    client.post(f"/apply/{cast.COUNTY}/{the_round.ref}/", {"agreed": "1"})
    draft = ApplicationDraft.objects.get()
    address = f"/apply/drafts/{draft.pk}/{page}/"
    lists = {name: ["a", "b", "[]"] for name in ("name", "number", "place", "born_on", "sex")}
    assert client.post(address, lists).status_code == 200
    body = '{"name": {"$gt": ""}}'
    assert client.post(address, body, content_type="application/json").status_code == 200
