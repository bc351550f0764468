"""Work that comes by the clock."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from procrastinate import App
from procrastinate.testing import InMemoryConnector

from junheng.commons import regular

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "_regular", {})


def test_a_worker_plans_what_was_registered_and_does_it() -> None:
    done: list[str] = []
    regular.regular("tests.tick", cron="*/10 * * * *")(lambda: done.append("tick"))
    app = App(connector=InMemoryConnector())
    regular.plan(app, "default")
    ((_name, planned),) = app.periodic_registry.periodic_tasks.items()
    assert (planned.cron, planned.task.queueing_lock) == ("*/10 * * * *", planned.task.name)
    task: Any = planned.task
    task(timestamp=0)
    assert done == ["tick"]


def test_what_fails_is_logged_and_does_not_stop_the_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise RuntimeError("no")

    regular.regular("tests.fail", cron="0 * * * *")(fail)
    with caplog.at_level(logging.ERROR):
        regular.do(regular.all_regular()["tests.fail"], 7)
    assert "tests.fail, planned for 7, failed" in caplog.text
