"""Keep the site's processes together: they start together, and none outlives the launcher."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import FrameType

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 15.0
"""A worker finishes its job or gives it back in this time, then it is killed."""

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Processes = dict[str, subprocess.Popen[bytes]]


class Stopped(Exception):
    """Somebody asked the launcher to stop."""


def run_together(
    commands: Mapping[str, Sequence[str]],
    *,
    ready: Callable[[], bool],
    announce: Callable[[], None],
) -> str | None:
    """Run every command until one of them ends or we are told to stop; then stop all.

    Args:
        commands: Command line by name of the process.
        ready: Asked until it says yes.
        announce: Called once then.

    Returns:
        The name of the process that ended by itself, or None when we were told to stop.
    """
    running: Processes = {}
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    try:
        for name, command in commands.items():
            running[name] = _start(command)
        while not ready():
            if ended := _ended(running):
                return ended
            time.sleep(0.1)
        announce()
        while not (ended := _ended(running)):
            time.sleep(0.2)
        return ended
    except Stopped:
        return None
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        _stop_all(running)


def tell_manager(state: str) -> None:
    """Tell systemd (`Type=notify`) how we are; nothing where nobody asked to be told."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            channel.sendall(state.encode())


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches the launcher only and stops in order."""
    launcher = os.getpid()

    def die_with_launcher() -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != launcher:  # it died before we asked
            os._exit(1)

    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=die_with_launcher
    )  # no threads run yet


def _ended(running: Processes) -> str | None:
    return next((name for name, process in running.items() if process.poll() is not None), None)


def _stop_all(running: Processes) -> None:
    """Ask each whole session to stop, wait, then insist."""
    for process in running.values():
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in running.values():
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal the session: a process that ended may have left children in it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
