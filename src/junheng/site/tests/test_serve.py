"""The launcher: all of it starts, all of it stops, and a killed run starts cleanly again."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.launched import STOP_SECONDS, Site, data_folder, free_port

Launch = Callable[[], Site]


@pytest.fixture
def var() -> Iterator[Path]:
    with data_folder() as folder:
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


def kind(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    if re.search(r"-m granian", line):
        return "web"
    return "worker" if "django worker" in line else "other"
