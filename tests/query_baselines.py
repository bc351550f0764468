"""How often a page asks the database is written down, so that no change makes it dearer unseen.

    with same_queries("registry", "schools, officer"):
        client.get("/registry/schools/")

The figures lie in `tests/query_counts/<room>.json`. A page that asks more often, or less often,
fails its test and shows what it asked; `make snapshots` writes the new figures, and the diff is
reviewed like code.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

SWITCH = "JUNHENG_UPDATE_SNAPSHOTS"
FOLDER = Path(__file__).with_name("query_counts")
PASSED_OVER = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "BEGIN", "COMMIT")
"""Opening and closing transactions is the test's doing as often as the page's."""


class OtherThanWrittenDown(AssertionError):
    """The page asked the database more or less often than its baseline says."""


@contextmanager
def same_queries(room: str, page: str) -> Iterator[None]:
    """Compare the queries of the block with the baseline of a page.

    Args:
        room: The room whose page it is, such as "registry".
        page: What is asked and by whom; the key in the room's file.

    Raises:
        OtherThanWrittenDown: If the number differs, with every query; or there is no baseline.
    """
    with CaptureQueriesContext(connection) as asked:
        yield
    queries = [query["sql"] for query in asked.captured_queries]
    queries = [sql for sql in queries if not sql.startswith(PASSED_OVER)]
    if os.environ.get(SWITCH):
        _write_down(room, page, len(queries))
        return
    expected = baselines(room).get(page)
    if expected != len(queries):
        raise OtherThanWrittenDown(_words(room, page, expected, queries))


def baselines(room: str) -> dict[str, int]:
    """The figures of a room by page."""
    file = FOLDER / f"{room}.json"
    figures: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return figures


def _write_down(room: str, page: str, count: int) -> None:
    figures = {**baselines(room), page: count}
    text = json.dumps(figures, ensure_ascii=False, indent=2, sort_keys=True)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{room}.json").write_text(f"{text}\n", "utf-8")


def _words(room: str, page: str, expected: int | None, queries: list[str]) -> str:
    known = f"{expected} are written down" if expected is not None else "none is written down"
    shown = "\n".join(f"{n:3} {sql[:300]}" for n, sql in enumerate(queries, start=1))
    return (
        f"{room}: {page}: {len(queries)} queries, {known}.\n{shown}\n"
        "If that is meant, run `make snapshots` and say why in the commit."
    )
