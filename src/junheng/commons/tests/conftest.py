from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.utils import translation
from pytest_django import Settings

from junheng.commons.models import Run, Snapshot
from junheng.commons.runs import freeze, request_run


def people() -> Any:
    """The model of whoever signs in: this room must not know it."""
    return get_user_model()


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
def li(db: None) -> Any:
    """Li, the admissions officer."""
    return people().objects.create_user("li", name="Li Admissions")


@pytest.fixture
def qian(db: None) -> Any:
    """Qian, who should see nothing."""
    return people().objects.create_user("qian")


@pytest.fixture
def snapshot(db: None) -> Snapshot:
    return freeze("test.round", {"round.toml": b"round", "schools.csv": b"id\n1\n"})


@pytest.fixture
def run(snapshot: Snapshot, li: AbstractBaseUser) -> Run:
    return a_run(snapshot, li)


def a_run(snapshot: Snapshot, by: AbstractBaseUser | None = None, **different: str) -> Run:
    asked = {"kind": "test", "matter": "round 1", "rules_version": "1", "seed": "seed"}
    return request_run(snapshot=snapshot, by=by, **(asked | different))
