from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.admissions.models import RoundRun
from junheng.admissions.tests.letters import builders


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> Path:
    """A store of its own for every test."""
    settings.STORAGE_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def li(db: None) -> User:
    """Li, the admissions officer."""
    return cast.li()


@pytest.fixture
def wu(db: None) -> User:
    """Wu, the leader of the bureau."""
    return cast.wu()


@pytest.fixture
def record(li: User, wu: User) -> RoundRun:
    """A published run whose children have names."""
    return builders.published()
