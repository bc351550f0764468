"""The launcher: all of it starts, all of it stops, and a killed run starts cleanly again."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import click
import psutil
import pytest
from click.testing import CliRunner
from pytest_django import Settings

from junheng.cli import main, serve
from junheng.site.processes import tell_manager
from tests.launched import START_SECONDS, STOP_SECONDS, Site, data_folder, free_port

Launch = Callable[[], Site]
NOTIFIES, DATAGRAMS = socket.AF_UNIX, socket.SOCK_DGRAM


@pytest.fixture(scope="module")
def prepared() -> Iterator[Path]:
    """A place with the tables and static files of this version; stories start from an empty one."""
    with data_folder() as folder:
        junheng = str(Path(sys.executable).with_name("junheng"))
        environment = {**os.environ, "JUNHENG_VAR": str(folder)}
        environment.pop("JUNHENG_AS_OWNER", None)
        subprocess.run([junheng, "prepare"], env=environment, check=True)
        yield folder


@pytest.fixture
def var(prepared: Path) -> Iterator[Path]:
    """A copy of it."""
    with data_folder() as folder:
        subprocess.run(["cp", "-a", f"{prepared}/.", str(folder)], check=True)
        yield folder


@pytest.fixture
def launch(var: Path) -> Iterator[Launch]:
    sites: list[Site] = []
    port = free_port()

    def start() -> Site:
        sites.append(Site(var, port, "serve", "--workers", "1"))
        return sites[-1]

    yield start
    for site in sites:
        site.stop()


def servers_of(var: Path) -> list[psutil.Process]:
    """The database processes that work on this folder."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()).is_relative_to(var):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=STOP_SECONDS)
    return not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_ctrl_c_leaves_no_process_behind(launch: Launch, var: Path) -> None:
    site = launch()
    site.wait_ready()
    started = site.processes() + servers_of(var)
    assert {"web", "worker"} <= {kind(process) for process in started}
    site.launcher.send_signal(signal.SIGINT)
    assert site.launcher.wait(STOP_SECONDS) == 0
    assert gone(started)
    assert servers_of(var) == []


def test_a_killed_launcher_takes_its_processes_along_and_starts_again(
    launch: Launch, var: Path
) -> None:
    first = launch()
    first.wait_ready()
    started = first.processes()
    first.launcher.kill()
    assert gone(started)
    second = launch()
    second.wait_ready()
    assert second.launcher.poll() is None


def test_a_second_launcher_on_the_same_folder_is_told_so(launch: Launch) -> None:
    launch().wait_ready()
    second = launch()
    said, _ = second.launcher.communicate(timeout=STOP_SECONDS)
    assert second.launcher.returncode == 1
    assert "already runs" in said


def test_a_web_server_that_dies_stops_the_site_and_is_named(launch: Launch) -> None:
    site = launch()
    site.wait_ready()
    web = next(process for process in site.processes() if kind(process) == "web")
    web.kill()
    said, _ = site.launcher.communicate(timeout=STOP_SECONDS)
    assert site.launcher.returncode == 1
    assert "web server ended by itself" in said


# ------------------------------------------------------------------ one part at a time


@contextmanager
def part(var: Path, name: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """A part as systemd starts it: it is ready when it says so on the socket it was given."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(NOTIFIES, DATAGRAMS) as channel:
        channel.bind(f"{folder}/notify")
        channel.settimeout(START_SECONDS)
        environment = {**os.environ, "JUNHENG_VAR": str(var), "NOTIFY_SOCKET": f"{folder}/notify"}
        environment.pop("JUNHENG_AS_OWNER", None)
        junheng = str(Path(sys.executable).with_name("junheng"))
        options = ["serve", "--only", name, "--port", str(port), "--workers", "1"]
        started = subprocess.Popen([junheng, *options], env=environment, text=True)
        try:
            assert channel.recv(100) == b"READY=1"
            yield started
        finally:
            started.terminate()
            started.wait(STOP_SECONDS)


def is_live(port: int) -> bool:
    with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=STOP_SECONDS) as answer:
        return bool(answer.status == 200)


def test_web_and_worker_come_and_go_without_each_other(launch: Launch, var: Path) -> None:
    port = free_port()
    too_early = Site(var, port, "serve", "--only", "web")
    said, _ = too_early.launcher.communicate(timeout=STOP_SECONDS)
    assert too_early.launcher.returncode == 1
    assert "junheng serve --only database" in said
    with part(var, "database", port) as base, part(var, "worker", port) as worker:
        with part(var, "web", port) as web:
            assert is_live(port)
            served = psutil.Process(web.pid).children(recursive=True)
            web.kill()
            assert gone(served)
        with part(var, "web", port) as web:
            assert worker.poll() is None
            worker.kill()
            worker.wait(STOP_SECONDS)
            assert is_live(port)
            whole = launch()
            said, _ = whole.launcher.communicate(timeout=STOP_SECONDS)
            assert "already runs" in said
        assert web.returncode == 0
        base.terminate()
        assert base.wait(STOP_SECONDS) == 0
        assert servers_of(var) == []


def is_free(var: Path) -> bool:
    try:
        with serve.only_launcher(var):
            return True
    except click.ClickException:
        return False


def test_beside_a_server_of_the_bureaus_own_there_is_no_part_for_it(
    tmp_path: Path, settings: Settings
) -> None:
    settings.VAR, settings.EXTERNAL_DATABASE = tmp_path, True
    done = CliRunner().invoke(main, ["serve", "--only", "database"])
    assert done.exit_code == 2
    assert "junheng prepare" in done.output
    serve.refuse_missing_database()
    with serve.seen_as_running(), serve.seen_as_running():  # web and worker
        assert not is_free(tmp_path)
    assert is_free(tmp_path)


@pytest.mark.parametrize("address", ["@junheng-test-{}", "{}/notify"])
def test_the_manager_is_told_where_it_listens(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    tell_manager("READY=1")  # nobody listens, nobody is told
    with tempfile.TemporaryDirectory() as folder, socket.socket(NOTIFIES, DATAGRAMS) as channel:
        address = address.format(folder)
        channel.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        tell_manager("READY=1")
        assert channel.recv(100) == b"READY=1"


def kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if re.search(r"-m granian", line):
        return "web"
    return "worker" if "django worker" in line else "other"
