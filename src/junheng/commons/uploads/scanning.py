"""A look by the bureau's own scanner (clamd), where the installation names one."""

from __future__ import annotations

import socket
import struct
from contextlib import closing

from django.conf import settings

SECONDS = 20
PIECE = 65_536


class ScannerAway(Exception):
    """The scanner does not answer; the file waits, since that says nothing about it."""


def is_harmless(data: bytes) -> bool:
    """What the scanner says; without one, everything is let through to be written anew.

    Raises:
        ScannerAway: If it does not answer, or not as it should.
    """
    if not settings.CLAMD:
        return True
    try:
        answer = _asked(data)
    except OSError as error:
        raise ScannerAway(str(error)) from error
    if answer.endswith(b"FOUND"):
        return False
    if not answer.endswith(b"OK"):
        raise ScannerAway(answer.decode(errors="replace"))
    return True


def _asked(data: bytes) -> bytes:
    with closing(_connected(settings.CLAMD)) as line:
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(data), PIECE):
            piece = data[at : at + PIECE]
            line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0").strip()


def _connected(address: str) -> socket.socket:
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(SECONDS)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line
