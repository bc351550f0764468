"""Pages for everybody start from the same small round as the officer's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.tests.rounds.conftest import english, li, storage
from junheng.commons.web import kept

__all__ = ["english", "li", "nothing_kept", "storage", "wu"]


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


@pytest.fixture(autouse=True)
def nothing_kept(db: None) -> Iterator[None]:
    """Every test begins without pages in memory, and with all tries left."""
    kept.forget()
    cache.clear()
    yield
    kept.forget()
