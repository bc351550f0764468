"""A process that works on the tests' database, hangs where it is told to, and is killed there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hanging(module: str, *arguments: str) -> Iterator[None]:
    """Wait until it says "hanging"; SIGKILL at the end of the block."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "hanging\n"
            yield
        finally:
            process.kill()
