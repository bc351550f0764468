"""Tests bring their own PostgreSQL: the embedded one, in a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest
from xdist.scheduler import LoadFileScheduling

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
    settings.WHITENOISE_AUTOREFRESH = True  # else each client of a test reads all static folders
    var = Path(os.environ["JUNHENG_VAR"])
    embedded(var, fsync="off").up()
    (var / "static").mkdir(exist_ok=True)  # whitenoise warns where there is none


def pytest_collection_finish() -> None:
    from junheng.commons import garbage

    garbage.leave_what_is_loaded()  # the tests, too: a seventh of their time


class DemoTogether(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file stays on one worker, and so do all that walk on the demo: each loads it once."""

    walks = frozenset(
        path.name
        for path in (Path(__file__).parent / "tests").glob("test_*.py")
        if "windows_on" in path.read_text("utf-8")
    )

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "the demo" if file.removeprefix("tests/") in self.walks else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> DemoTogether:
    return DemoTogether(config, log)
