"""A site started as an operator starts it: the real command, in a process of its own."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

START_SECONDS = 180.0
STOP_SECONDS = 30.0


class Site:
    """A running `junheng serve` or `junheng demo`, and what it started."""

    def __init__(self, var: Path, port: int, command: str = "serve", *options: str) -> None:
        environment = {**os.environ, "JUNHENG_VAR": str(var), "PYTHONUNBUFFERED": "1"}
        environment.pop("JUNHENG_AS_OWNER", None)
        junheng = str(Path(sys.executable).with_name("junheng"))
        self.url = f"http://127.0.0.1:{port}"
        self.launcher = subprocess.Popen(
            [junheng, command, "--port", str(port), *options],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_ready(self) -> None:
        assert self.launcher.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        while self.url not in self.said:
            assert time.monotonic() < deadline, self.said
            assert self.launcher.poll() is None, self.said + self.launcher.stdout.read()
            if select.select([self.launcher.stdout], [], [], 0.5)[0]:
                self.said += self.launcher.stdout.readline()

    def processes(self) -> list[psutil.Process]:
        return list(psutil.Process(self.launcher.pid).children(recursive=True))

    def stop(self) -> None:
        if self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
        self.launcher.communicate(timeout=STOP_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_to_everybody(folder: Path) -> Path:
    """Root's database runs as `nobody`, who must be able to pass through."""
    for step in (folder, *folder.parents[:3]):
        step.chmod(step.stat().st_mode | 0o011)
    return folder
