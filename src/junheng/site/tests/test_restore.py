"""Backup and restore with the real command: an empty place becomes what the other one was."""

from __future__ import annotations

import fcntl
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from junheng.site.postgres import OWNER, Server, embedded
from tests.launched import data_folder

JUNHENG = (sys.executable, "-c", "from junheng.cli import main; main()")
FILL = """
import django; django.setup()
from django.db import transaction
from junheng.accounts.tests import cast
from junheng.commons import exports, imports, jobs
from junheng.commons.models import Job
from junheng.commons.runs import freeze, request_run
from junheng.commons.storage import store
cast.everybody()
snapshot = freeze("test", {"schools.csv": b"school_id\\n990001\\n"})
run = request_run(kind="test", matter="m", snapshot=snapshot, rules_version="1", seed="s", by=None)
title = "\\u4e91\\u69d0 \\U00030edd \\t\\\\ 'quoted'"
Job.objects.create(kind="test", title=title, args={"run": run.ref})
Job.objects.update(message="changed")
store().put(bytes(range(256)) * 1000)
exports.kept().put(b"a list")
imports.files().put(b"a workbook")
"""
CASTS = re.compile(r"::(character varying|text)(\(\d+\))?(\[\])?|[()]")
"""PostgreSQL writes the same check with other casts once it was read back."""
Told = subprocess.CompletedProcess[str]


def environment(var: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "JUNHENG_AS_OWNER"}
    return {**inherited, "JUNHENG_VAR": str(var), "LANG": "C.UTF-8", **more}


def junheng(var: Path, *args: object, limit: int | None = None, **more: str) -> Told:
    def smaller_files() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    if limit is not None:  # or Python leaves half a module behind, compiled, for all who come after
        more["PYTHONDONTWRITEBYTECODE"] = "1"
    command = [*JUNHENG, *map(str, args)]
    return subprocess.run(
        command,
        env=environment(var, **more),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=smaller_files,
    )


def rows(url: str) -> dict[str, Any]:
    """Every row of every table, every sequence, trigger, function and constraint."""
    found: dict[str, Any] = {}
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
            found[table] = connection.execute(query).fetchall()
        for what, asked in {
            "sequences": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
            "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
            "WHERE NOT tgisinternal ORDER BY 1",
            "functions": "SELECT proname, prosrc FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
            "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        }.items():
            told = connection.execute(asked).fetchall()
            found[what] = [tuple(CASTS.sub("", str(part)) for part in row) for row in told]
    return found


def files(var: Path) -> dict[str, bytes]:
    root = var / "files"
    return {
        str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


@contextmanager
def running(var: Path) -> Iterator[Server]:
    server = embedded(var, fsync="off")
    server.up()
    try:
        yield server
    finally:
        server.down()
        shutil.rmtree(server.sockets, ignore_errors=True)


@pytest.fixture(scope="module")
def origin() -> Iterator[Path]:
    """An installation in use: people, a run with its files, jobs, history, sealed secrets."""
    with data_folder() as var, running(var):
        owner = environment(
            var, JUNHENG_AS_OWNER="1", DJANGO_SETTINGS_MODULE="junheng.site.settings"
        )
        migrate = [sys.executable, "-m", "django", "migrate", "-v", "0"]
        subprocess.run(migrate, env=owner, check=True)
        subprocess.run([sys.executable, "-c", FILL], env=owner, check=True)
        yield var


@pytest.fixture(scope="module")
def backup(origin: Path) -> Path:
    done = junheng(origin, "backup", origin / "b.zip")
    assert done.returncode == 0, done.stderr
    return origin / "b.zip"


@pytest.fixture
def empty(origin: Path) -> Iterator[Path]:
    """Another machine, onto which the copy of the keys was brought."""
    with data_folder() as var:
        shutil.copy2(origin / "keys.json", var / "keys.json")
        yield var


def test_an_empty_place_becomes_what_the_other_one_was(
    origin: Path, backup: Path, empty: Path
) -> None:
    done = junheng(empty, "restore", backup)
    assert done.returncode == 0, done.stderr
    assert "every one sound" in done.stdout
    assert not embedded(empty).ready()  # it was started for this, and stopped again
    with running(empty) as server:
        here, there = rows(server.url(OWNER)), rows(embedded(origin).url(OWNER))
        assert here.keys() == there.keys()
        for name, content in there.items():
            assert here[name] == content, name
        assert len(there["commons_run"]) == 1
        assert len(there["commons_runevent"]) >= 1
    assert files(empty) == files(origin)
    assert len(files(empty)) == 5


def test_what_was_restored_can_be_brought_up_to_date_and_served(backup: Path, empty: Path) -> None:
    assert junheng(empty, "restore", backup).returncode == 0
    with running(empty) as server:
        owner = environment(empty, JUNHENG_AS_OWNER="1")
        prepare = "import django; django.setup(); from junheng.site import prepare as p; "
        work = "p.call_command('migrate', verbosity=0); p.grant('junheng_app')"
        owner["DJANGO_SETTINGS_MODULE"] = "junheng.site.settings"
        subprocess.run([sys.executable, "-c", prepare + work], env=owner, check=True)
        with psycopg.connect(server.url()) as connection:
            connection.execute("UPDATE commons_job SET message = 'after'")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("UPDATE commons_runevent SET pgh_label = 'made up'")


def test_data_that_are_there_are_overwritten_only_if_asked(backup: Path, empty: Path) -> None:
    assert junheng(empty, "restore", backup).returncode == 0
    with running(empty) as server:
        before = rows(server.url(OWNER))
        with psycopg.connect(server.url(OWNER)) as connection:
            connection.execute("UPDATE commons_job SET message = 'newer'")
            connection.execute("CREATE TABLE of_a_newer_version AS SELECT 1 AS x")
        newer = empty / "files" / "blobs" / "aa" / "bb"
        newer.parent.mkdir(parents=True)
        newer.write_bytes(b"newer")
        no = junheng(empty, "restore", backup)
        assert no.returncode == 1
        assert "--replace" in no.stderr
        assert newer.exists()
        assert rows(server.url(OWNER)) != before
        yes = junheng(empty, "restore", "--replace", backup)
        assert yes.returncode == 0, yes.stderr
    with running(empty) as server:
        assert rows(server.url(OWNER)) == before
        assert not newer.exists()


def broken_in_the_middle(backup: Path, copy: Path, instead: bytes) -> Path:
    """A backup whose manifest fits, but whose SQL does something else halfway."""
    from junheng.site.backups.archive import DATABASE, Manifest, Writer, verified

    manifest = verified(backup)
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(copy, "w") as new:
        writer = Writer(new, lambda _bytes: None)
        for name in manifest.members:
            content = old.read(name)
            if name == DATABASE:
                middle = content.index(b"ALTER TABLE")
                content = content[:middle] + instead + content[middle:]
            writer.add(name, [content])
        facts = {
            field: getattr(manifest, field)
            for field in ("made_at", "software", "postgresql", "migrations", "keys")
        }
        writer.close(Manifest(members=writer.members, **facts))
    return copy


def test_a_refusal_of_the_database_changes_nothing(backup: Path, empty: Path) -> None:
    broken = broken_in_the_middle(backup, empty / "broken.zip", b"SELECT 1 / 0;\n")
    done = junheng(empty, "restore", broken)
    assert done.returncode == 1
    assert "division by zero" in done.stderr
    assert files(empty) == {}
    with running(empty) as server:
        assert rows(server.url(OWNER))["triggers"] == []
        assert "commons_run" not in rows(server.url(OWNER))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda n: n.name)
def test_a_restore_that_is_killed_changes_nothing_and_can_be_done_again(
    number: signal.Signals, backup: Path, empty: Path
) -> None:
    assert junheng(empty, "restore", backup).returncode == 0
    with running(empty) as server:
        before = rows(server.url(OWNER))
        slow = broken_in_the_middle(backup, empty / "slow.zip", b"SELECT pg_sleep(60);\n")
        command = [*JUNHENG, "restore", "--replace", str(slow)]
        restoring = subprocess.Popen(
            command, env=environment(empty), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until_asleep(server)
        restoring.send_signal(number)
        restoring.wait(timeout=30)
    with running(empty) as server:
        assert rows(server.url(OWNER)) == before
    assert junheng(empty, "restore", "--replace", backup).returncode == 0


def wait_until_asleep(server: Server) -> None:
    deadline = time.monotonic() + 120
    with psycopg.connect(server.url(OWNER, "postgres"), autocommit=True) as connection:
        while time.monotonic() < deadline:
            asleep = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            if connection.execute(asleep).fetchone():
                return
            time.sleep(0.1)
    raise AssertionError("the restore never came to the middle")


def test_with_other_keys_it_is_refused_and_says_what_to_do(backup: Path, origin: Path) -> None:
    with data_folder() as var:
        no = junheng(var, "restore", backup)
        assert no.returncode == 1
        assert "copy of the keys" in no.stderr
        assert files(var) == {}
        assert junheng(var, "restore", "--other-keys", backup).returncode == 0


def test_keys_travel_along_if_asked_and_the_ones_before_are_kept(origin: Path) -> None:
    with_keys = origin / "with-keys.zip"
    assert junheng(origin, "backup", "--with-keys", with_keys).returncode == 0
    with data_folder() as var:
        done = junheng(var, "restore", with_keys)
        assert done.returncode == 0, done.stderr
        assert (var / "keys.json").read_bytes() == (origin / "keys.json").read_bytes()
        assert (var / "keys.json").stat().st_mode & 0o777 == 0o600
        assert len(list(var.glob("keys.json.before-*"))) == 1


def test_while_the_site_runs_nothing_is_restored(backup: Path, empty: Path) -> None:
    with (empty / "launcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = junheng(empty, "restore", backup)
    assert done.returncode == 1
    assert "already runs" in done.stderr


def test_a_full_disk_is_told_and_leaves_nothing(origin: Path, backup: Path, empty: Path) -> None:
    done = junheng(origin, "backup", empty / "b.zip", limit=10_000)
    assert done.returncode == 1
    assert "full" in done.stderr
    assert [file.name for file in empty.iterdir()] == ["keys.json"]


def test_no_room_for_the_files_is_told_and_leaves_nothing(backup: Path, empty: Path) -> None:
    with running(empty):  # its server has no such limit
        done = junheng(empty, "restore", backup, limit=100_000)
    assert done.returncode == 1
    assert "full" in done.stderr
    assert files(empty) == {}


def test_a_backup_that_is_stopped_leaves_nothing(origin: Path, empty: Path) -> None:
    url = embedded(origin).url(OWNER)
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE commons_job IN ACCESS EXCLUSIVE MODE")
        command = [*JUNHENG, "backup", str(empty / "b.zip")]
        going = subprocess.Popen(command, env=environment(origin), stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not list(empty.glob(".b.zip.part-*")) and time.monotonic() < deadline:
            time.sleep(0.1)
        going.send_signal(signal.SIGTERM)
        assert going.wait(timeout=30) != 0
    assert [file.name for file in empty.iterdir()] == ["keys.json"]


def test_a_server_of_the_bureaus_own_is_backed_up_and_restored(origin: Path, empty: Path) -> None:
    server = embedded(origin)
    with psycopg.connect(server.url(OWNER, "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    own = f"postgresql://{OWNER}@/elsewhere?host={server.sockets}"
    theirs = f"postgresql://{OWNER}@/junheng?host={server.sockets}"
    backup = empty / "b.zip"
    done = junheng(origin, "backup", backup, JUNHENG_DATABASE_URL=theirs)
    assert done.returncode == 0, done.stderr
    done = junheng(empty, "restore", backup, JUNHENG_DATABASE_URL=own)
    assert done.returncode == 0, done.stderr
    assert rows(server.url(OWNER, "elsewhere")) == rows(server.url(OWNER))
    with psycopg.connect(own):
        no = junheng(empty, "restore", "--replace", backup, JUNHENG_DATABASE_URL=own)
    assert no.returncode == 1
    assert "Stop the site" in no.stderr


def test_a_backup_of_a_newer_version_is_refused(backup: Path, empty: Path) -> None:
    from junheng.site.backups.archive import DATABASE, Manifest, Writer

    newer = empty / "newer.zip"
    with zipfile.ZipFile(newer, "w") as archive:
        writer = Writer(archive, lambda _bytes: None)
        writer.add(DATABASE, [b""])
        writer.close(Manifest("2030", "9.9", "30", ("commons.9999_far",), {}, writer.members))
    done = junheng(empty, "restore", newer)
    assert done.returncode == 1
    assert "newer Junheng (9.9, commons.9999_far)" in done.stderr


def test_an_archive_is_checked_without_an_installation(backup: Path, tmp_path: Path) -> None:
    assert junheng(tmp_path / "nowhere", "restore", "--check", backup).returncode == 0
    half = tmp_path / "half.zip"
    half.write_bytes(backup.read_bytes()[:1000])
    done = junheng(tmp_path / "nowhere", "restore", "--check", half)
    assert done.returncode == 1
    assert "cut off" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_keeping_some_needs_a_folder(tmp_path: Path) -> None:
    done = junheng(tmp_path, "backup", "--keep", 3, tmp_path / "b.zip")
    assert done.returncode == 2
