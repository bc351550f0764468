"""Every address of the site is tried by everybody; the table says who gets which answer."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType

from django.db import transaction
from django.test import Client, TestCase, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from tests import permissions
from tests.permissions.table import AUDIENCE, SIGN_IN, Row, World

ROOMS: list[ModuleType] = [
    importlib.import_module(f"tests.permissions.{found.name}")
    for found in pkgutil.iter_modules(permissions.__path__)
    if found.name != "table"
]
ROWS: list[Row] = [row for room in ROOMS for row in room.ROWS]
ADVICE = """
Say who may see {names}: add to tests/permissions/<room>.py, one row each, such as
    Row("{first}", may="bureau_leader admissions_officer"),
(groups, POST and arguments: tests/permissions/table.py). Whoever is not named gets 404."""


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, within: str = "", prefix: str = ""
) -> Iterator[tuple[str | None, str, URLPattern]]:
    """Every pattern of the site: its name with namespace, its address, itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            deeper = f"{within}{pattern.namespace}:" if pattern.namespace else within
            yield from addresses(pattern.url_patterns, deeper, address)
        else:
            yield (f"{within}{pattern.name}" if pattern.name else None), address, pattern


def test_every_address_has_a_name() -> None:
    assert [address for name, address, _ in addresses() if name is None] == []


def test_every_address_is_in_the_table() -> None:
    listed = {row.url for row in ROWS}
    missing = sorted({name for name, _, _ in addresses() if name} - listed)
    assert not missing, ADVICE.format(names=", ".join(missing), first=missing[0])


def test_every_row_is_about_an_address() -> None:
    gone = sorted({row.url for row in ROWS} - {name for name, _, _ in addresses() if name})
    assert not gone, f"no such address any more, remove its rows: {', '.join(gone)}"


def test_every_form_has_a_row_for_sending_it() -> None:
    sent = {row.url for row in ROWS if row.method == "POST"}
    forms = {
        name
        for name, _, pattern in addresses()
        if name and hasattr(getattr(pattern.callback, "view_class", None), "post")
    }
    missing = sorted(forms - sent)
    assert not missing, f'add a Row(…, method="POST") for: {", ".join(missing)}'


@override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=3600)
class TestEverybodyGetsWhatTheTableSays(TestCase):
    """One test a row, added below; the world is built once for all of them.

    Whoever signed in at the beginning still counts as having just done so at the last row.
    """

    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = World(cast.everybody())
        for room in ROOMS:
            if hasattr(room, "furnish"):
                room.furnish(cls.world)
        cls.world.sessions = {who: session_of(cls.world.person(who)) for who in AUDIENCE}


def promise(row: Row) -> Callable[[TestEverybodyGetsWhatTheTableSays], None]:
    """The test of one row."""

    def test(self: TestEverybodyGetsWhatTheTableSays) -> None:
        expected = {who: row.answer_to(who) for who in AUDIENCE}
        assert {who: ask(row, self.world, who) for who in AUDIENCE} == expected

    return test


for _row in ROWS:
    _name = f"test_{_row.method}_{_row.url}_{_row.note}".replace(" ", "_").rstrip("_")
    if hasattr(TestEverybodyGetsWhatTheTableSays, _name):
        raise ValueError(f"two rows for {_row.method} {_row.url}: tell them apart by a note")
    setattr(TestEverybodyGetsWhatTheTableSays, _name, promise(_row))


CLIENT = Client(raise_request_exception=False)
"""For everybody, one after the other: each new one puts all middleware together again."""


def ask(row: Row, world: World, who: str) -> int | str:
    """What the site answers to this person; nothing that they change stays."""
    CLIENT.cookies.clear()
    CLIENT.cookies.load(world.sessions[who])
    with transaction.atomic():
        address = reverse(row.url, kwargs=dict(row.args(world)))
        send = CLIENT.post if row.method == "POST" else CLIENT.get
        response = send(address, data=dict(row.data(world)))
        answer = as_word(response.status_code, response.headers.get("Location", ""))
        transaction.set_rollback(True)
    return answer


def session_of(person: User | None) -> dict[str, str]:
    """The cookie of somebody who is signed in and has seen a page; signing in once is enough."""
    client = Client()
    if person:
        client.force_login(person)
        client.get(reverse("account_logout"))
    return {name: morsel.value for name, morsel in client.cookies.items()}


def as_word(status: int, leads_to: str) -> int | str:
    ways_in = tuple(f"{reverse(name)}?next=" for name in ("account_login", "accounts:phone"))
    return SIGN_IN if status == 302 and leads_to.startswith(ways_in) else status
