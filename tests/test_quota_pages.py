"""Quota seats in a real browser, at a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from junheng.accounts.tests import cast
from junheng.admissions.tests.quota import builders
from junheng.commons.web import kept
from tests.browser import DESKTOP, PHONE, Visit

Open = Callable[..., Visit]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_computation_is_sound_at_every_width_and_opens_without_a_script(visit: Open) -> None:
    shares, filling = builders.both_stages(cast.li(), cast.wu())
    public = reverse("public:quota", args=[shares.plan.place.code, shares.plan.year])
    office = visit(DESKTOP).come_in(cast.li())
    office.go(reverse("admissions:quota", args=[shares.plan_id])).fine()
    for record in (shares, filling):
        office.go(reverse("admissions:quota_run", args=[record.run.ref])).fine()
    phone = visit(PHONE)
    phone.go(public)
    phone.page.locator("summary").first.click()
    phone.settle().fine()
    assert phone.page.get_by_text("6 × 30 ÷ 60").is_visible()
    builders.published(filling, cast.li(), cast.wu())
    kept.forget()
    phone.go(public)
    for summary in phone.page.locator("summary").all():
        summary.click()
    phone.settle().fine()
    assert phone.page.get_by_text("**01").first.is_visible()
