from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.commons.web import kept
from junheng.places.models import Role


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> Path:
    """A store of its own for every test."""
    settings.STORAGE_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared as they stand in the source; no page is kept between tests."""
    kept.forget()
    with translation.override("en"):
        yield


@pytest.fixture
def li(db: None) -> User:
    """Li, the admissions officer."""
    return cast.li()


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.person("wu", Role.BUREAU_LEADER, cast.bureau())
