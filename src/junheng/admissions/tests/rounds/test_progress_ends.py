"""What the page of a run gets that still asks for progress when the result is there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from junheng.accounts.models import User
from junheng.admissions.tests.rounds import builders

pytestmark = pytest.mark.django_db


def test_a_page_that_waited_is_loaded_anew_when_the_result_is_there(li: User) -> None:
    address = reverse("admissions:run", args=[builders.ran().run.ref])
    client = Client()
    client.force_login(li)
    answer = client.get(f"{address}?_part=progress", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert not answer.content
