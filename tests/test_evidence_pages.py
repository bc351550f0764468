"""Other departments' registers in a real browser, at both widths."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from pytest_django import Settings

from junheng.accounts.tests import cast
from junheng.evidence.facade import Register
from junheng.evidence.services import breaker
from junheng.evidence.tests import services
from junheng.evidence.tests.builders import CHILD, ask, delivered, question, row, tables
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_are_sound(
    visit: Open, width: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REGISTER_HOSTS = [services.HOST]
    services.install(monkeypatch).behave = lambda _: httpx.Response(500)
    house = tables(Register.REAL_ESTATE)
    delivered(house, row(Register.REAL_ESTATE, certificate="C-1"))
    service = services.connected()
    for _ in range(2):
        ask(question(), question(Register.REAL_ESTATE))
    breaker.seen(service, "wrong_person", "")
    window = visit(width).come_in(cast.li())
    for path in (
        *("", "new/", "new-service/", "deliveries/", "troubles/", "quality/"),
        *(f"{house.pk}/", f"{service.pk}/", f"{service.pk}/describe/"),
    ):
        window.go(f"/registers/{path}").fine()
    target = f"?connection={house.pk}&as_of=2026-06-01"
    window.go(f"/imports/evidence.real_estate/{target}").fine()
    window.go(f"/registers/{house.pk}/test/").page.fill("[name=name]", "王小涵")
    for name, value in (("resident_id", CHILD), ("key", "C-1"), ("reason", "家长来电")):
        window.page.fill(f"[name={name}]", value)
    window.submit().fine()
    assert window.page.get_by_text("C-1").count()
