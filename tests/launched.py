"""A site started as an operator starts it: the real command, in a process of its own."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

START_SECONDS = 420.0
STOP_SECONDS = 30.0


class Site:
    """A running `junheng serve` or `junheng demo`, and what it started."""

    def __init__(self, var: Path, port: int, command: str = "serve", *options: str) -> None:
        environment = {**os.environ, "JUNHENG_VAR": str(var), "PYTHONUNBUFFERED": "1"}
        environment.setdefault("JUNHENG_DEMO_TOWNSHIPS", "1")  # the whole register takes a minute
        environment.pop("JUNHENG_AS_OWNER", None)
        junheng = str(Path(sys.executable).with_name("junheng"))
        self.var, self.url = var, f"http://127.0.0.1:{port}"
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
                # Not readline: what it keeps back is invisible to select.
                self.said += os.read(self.launcher.stdout.fileno(), 65536).decode()

    def processes(self) -> list[psutil.Process]:
        return list(psutil.Process(self.launcher.pid).children(recursive=True))

    def stop(self) -> None:
        if self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
        self.launcher.communicate(timeout=STOP_SECONDS)  # closes the pipe, too


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder that root's database, which runs as `nobody`, can pass through.

    Not one of pytest's: those are closed again by whichever test run starts next.
    """
    with tempfile.TemporaryDirectory(prefix="junheng-test-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
