"""Two of the same piece at the same moment: one counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from junheng.commons.models import Upload
from junheng.commons.tests.uploads.builders import begun
from junheng.commons.uploads import receiving
from junheng.commons.uploads.receiving import Elsewhere, TooMany

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "test.matter:1"


def at_once(work: Any, times: int = 4) -> list[str]:
    """Do something several times at the same moment; what became of each."""
    ready = Barrier(times)

    def one(number: int) -> str:
        try:
            ready.wait()
            work(number)
        except (Elsewhere, TooMany) as no:
            return type(no).__name__
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(one, range(times)))


def test_what_comes_at_once_is_counted_once(li: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = begun(HERE, li, b"0123456789")
    told = at_once(lambda _n: receiving.append(made.pk, owner=li, offset=0, piece=b"01234"))
    assert told == ["Elsewhere", "Elsewhere", "Elsewhere", "done"]
    assert Upload.objects.get().received == 5
    monkeypatch.setattr(receiving, "MOST_FILES", 2)
    told = at_once(lambda n: begun(HERE, li, b"1", key=f"key {n}"))
    assert told == ["TooMany", "TooMany", "TooMany", "done"]
    monkeypatch.setattr(receiving, "MOST_FILES", 3)
    assert at_once(lambda _n: begun(HERE, li, b"1", key="the same")) == ["done"] * 4
    assert Upload.objects.count() == 3
