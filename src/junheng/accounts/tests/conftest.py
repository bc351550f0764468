from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from junheng.accounts.models import User

SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared as they stand in the source."""
    with translation.override("en"):
        yield


def browser(address: str = "127.0.0.1") -> Client:
    """A browser at a network address whose reader chose English."""
    made = Client(REMOTE_ADDR=address)
    made.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return made


@pytest.fixture
def client() -> Client:
    """Somebody's browser."""
    return browser()


@pytest.fixture
def signed_in() -> SignedIn:
    """A browser in which somebody is signed in already."""

    def sign_in(user: User) -> Client:
        made = browser()
        made.force_login(user)
        return made

    return sign_in
