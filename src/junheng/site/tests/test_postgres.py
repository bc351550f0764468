"""The embedded server starts once, whatever happened to its predecessor."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from junheng.site.postgres import APP, OWNER, Server, WillNotStart, embedded
from tests.launched import data_folder


@pytest.fixture
def server() -> Iterator[Server]:
    with data_folder() as folder:
        server = embedded(folder)
        server.up()
        yield server
        server.down()
        shutil.rmtree(server.sockets, ignore_errors=True)


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def count(server: Server) -> int:
    with psycopg.connect(server.url(OWNER)) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def kept(server: Server) -> Server:
    with psycopg.connect(server.url(OWNER)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000)")
    return server


def test_what_was_committed_survives_the_server_being_killed(kept: Server) -> None:
    os.kill(postmaster(kept), signal.SIGKILL)
    kept.up()
    assert count(kept) == 1000


def test_a_socket_folder_cleaned_away_does_not_make_two_servers(kept: Server) -> None:
    before = postmaster(kept)
    shutil.rmtree(kept.sockets)
    kept.up()
    assert count(kept) == 1000
    assert not Path(f"/proc/{before}/cwd").exists()


def test_starting_and_stopping_twice_is_no_error(server: Server) -> None:
    server.up()
    server.down()
    server.down()
    assert not server.ready()
    server.up()
    assert server.ready()


def test_a_killed_initdb_leaves_nothing_that_counts() -> None:
    with data_folder() as folder:
        half = embedded(folder)
        (half.home / "data.new").mkdir(parents=True)
        (half.home / "data.new" / "PG_VERSION").write_text("18")
        half.up()
        assert half.ready()
        half.down()


def test_processes_racing_to_start_agree_on_one_server(server: Server) -> None:
    server.down()
    code = (
        "from pathlib import Path; from junheng.site.postgres import embedded;"
        f"embedded(Path({str(server.home.parent)!r})).up()"
    )
    racers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [racer.wait(timeout=60) for racer in racers] == [0, 0, 0, 0]
    assert server.ready()


def test_the_application_may_not_make_tables_or_drop_them(kept: Server) -> None:
    with psycopg.connect(kept.url(APP), autocommit=True) as connection:
        for statement in ("CREATE TABLE mine (x int)", "DROP TABLE kept", "TRUNCATE kept"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(statement)


def test_a_setting_that_postgresql_refuses_is_told_with_its_log(server: Server) -> None:
    server.down()
    with pytest.raises(WillNotStart, match="shared_buffers"):
        embedded(server.home.parent, shared_buffers="nonsense").up()
