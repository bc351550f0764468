"""Tests bring their own PostgreSQL: the embedded one, in a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine breaks no property
hypothesis.settings.load_profile("house")
os.environ.setdefault("JUNHENG_VAR", str(Path(__file__).parent / "var" / "test"))
os.environ["JUNHENG_AS_OWNER"] = "1"


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test asks the database itself: what another one was told is not its business."""
    from junheng.commons import briefly

    briefly.forget()
    monkeypatch.setattr(briefly, "SECONDS", 0.0)


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    from junheng.site.postgres import embedded

    settings.STRICT_QUERY_BUDGET = True  # a list that asks too often fails its test
    var = Path(os.environ["JUNHENG_VAR"])
    embedded(var, fsync="off").up()
    (var / "static").mkdir(exist_ok=True)  # whitenoise warns where there is none
