"""An upgrade by `junheng upgrade`, killed and run again, and the way back that it names."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from junheng.site.postgres import OWNER, embedded
from junheng.site.tests.test_restore import JUNHENG, environment, files, junheng, rows, running
from junheng.site.upgrading import Note, halfway
from tests.launched import data_folder
from tests.upgrade.test_upgrade import PLANNED_ANEW, WRITTEN_BY_MIGRATE, without

PROJECT = Path(__file__).parents[2]
FIRST_VERSION = """
import django; django.setup()
from tests.upgrade import first_version
first_version.build()
"""
THEN = b"a file of then"
BEGIN_SECONDS = 120.0


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """An installation of the first issue's version, in which somebody has worked."""
    with data_folder() as folder, running(folder):
        owner = environment(
            folder, JUNHENG_AS_OWNER="1", DJANGO_SETTINGS_MODULE="junheng.site.settings"
        )
        subprocess.run([sys.executable, "-c", FIRST_VERSION], env=owner, cwd=PROJECT, check=True)
        name = hashlib.sha256(THEN).hexdigest()
        blob = folder / "files" / "blobs" / name[:2] / name[2:]
        blob.parent.mkdir(parents=True)
        blob.write_bytes(THEN)
        (folder / "backups").mkdir()
        yield folder


def as_json(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, column by column."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        query = sql.SQL("SELECT to_jsonb(held)::text FROM {} AS held")
        return {
            table: [
                json.loads(text)
                for (text,) in connection.execute(query.format(sql.Identifier(table)))
            ]
            for (table,) in names.fetchall()
        }


def killed_while_tables_change(var: Path, url: str) -> None:
    """Stand in the way of a change in the middle, and kill what waits there."""
    with psycopg.connect(url) as somebody:
        somebody.execute("LOCK TABLE admissions_round IN ACCESS SHARE MODE")
        upgrade = subprocess.Popen(
            [*JUNHENG, "upgrade", str(var / "backups")],
            env=environment(var),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + BEGIN_SECONDS
        waits = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"
        while somebody.execute(waits).fetchone() != (True,):
            assert time.monotonic() < deadline
            assert upgrade.poll() is None
            time.sleep(0.1)
        upgrade.send_signal(signal.SIGKILL)
        upgrade.wait()


def test_without_room_for_a_backup_nothing_is_changed(var: Path) -> None:
    before = rows(embedded(var).url(OWNER))
    done = junheng(var, "upgrade", var / "backups", "--lang", "en", limit=5000)
    assert done.returncode == 1
    assert "nothing was left behind" in done.stderr
    assert list((var / "backups").iterdir()) == []
    assert rows(embedded(var).url(OWNER)) == before


def test_an_upgrade_that_is_killed_and_run_again_loses_nothing_and_leads_back(var: Path) -> None:
    url = embedded(var).url(OWNER)
    before, told, stored = rows(url), as_json(url), files(var)
    keys = (var / "keys.json").read_bytes()

    killed_while_tables_change(var, url)
    again = junheng(var, "upgrade", var / "backups", "--lang", "en")
    assert "migrations" in again.stdout, again.stderr
    assert "FAULT" not in again.stdout
    (backup,) = (var / "backups").iterdir()  # that of before, none of tables half changed
    assert f"junheng restore --replace {backup}" in again.stdout
    assert re.search(r"– +worker", again.stdout)  # a stopped site has none

    after = as_json(url)
    for table in told.keys() - set(WRITTEN_BY_MIGRATE):
        changed = PLANNED_ANEW.get(table, ())
        now = [without(row, changed) for row in after[table]]
        for row in told[table]:
            kept = without(row, changed)
            assert any(kept.items() <= new.items() for new in now), (table, kept)

    once_more = junheng(var, "upgrade", var / "backups", "--lang", "en")
    assert f"junheng restore --replace {backup}" in once_more.stdout
    assert list((var / "backups").iterdir()) == [backup]

    back = junheng(var, "restore", "--replace", backup)
    assert back.returncode == 0, back.stderr
    assert rows(url) == before
    assert files(var) == stored
    old = json.loads(keys)
    assert old.items() <= json.loads((var / "keys.json").read_bytes()).items()

    forward = junheng(var, "upgrade", var / "backups", "--lang", "en")
    assert "FAULT" not in forward.stdout, forward.stderr
    assert len(list((var / "backups").iterdir())) == 2  # people worked meanwhile
    assert as_json(url).keys() == after.keys()


@pytest.mark.parametrize(
    ("applied", "expected"),
    [
        pytest.param("ab", False, id="not begun"),
        pytest.param("abc", True, id="begun"),
        pytest.param("abcd", False, id="ended"),
        pytest.param("abcde", False, id="ended by a later one"),
        pytest.param("a", False, id="another place"),
    ],
)
def test_halfway_is_between_before_and_wanted(applied: str, *, expected: bool) -> None:
    note = Note("before.zip", before=tuple("ab"), wanted=tuple("abcd"))
    assert halfway(note, applied) == expected
