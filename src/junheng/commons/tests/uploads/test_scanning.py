"""The bureau's scanner is asked where there is one; its silence is no answer."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django import Settings

from junheng.commons.uploads.scanning import ScannerAway, is_harmless


def _read(line: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += line.recv(size - len(data))
    return data


@contextmanager
def scanner(path: Path, answer: bytes) -> Iterator[list[bytes]]:
    """A clamd that reads one stream and answers."""
    heard: list[bytes] = []
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(path))
    door.listen(1)

    def serve() -> None:
        line, _who = door.accept()
        with line:
            heard.append(_read(line, len(b"zINSTREAM\0")))
            while size := struct.unpack("!I", _read(line, 4))[0]:
                heard.append(_read(line, size))
            line.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield heard
    thread.join(timeout=5)
    door.close()


@pytest.mark.parametrize(
    ("answer", "harmless"),
    [(b"stream: OK\0", True), (b"stream: Eicar-Test-Signature FOUND\0", False)],
)
def test_the_scanner_decides(
    settings: Settings,
    tmp_path: Path,
    answer: bytes,
    harmless: bool,
) -> None:
    settings.CLAMD = str(tmp_path / "clamd")
    with scanner(tmp_path / "clamd", answer) as heard:
        assert is_harmless(b"x" * 100_000) is harmless
    assert (heard[0], b"".join(heard[1:])) == (b"zINSTREAM\0", b"x" * 100_000)


def test_a_scanner_that_fails_says_nothing_about_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    settings.CLAMD = str(tmp_path / "clamd")
    with pytest.raises(ScannerAway):
        is_harmless(b"x")
    with (
        scanner(tmp_path / "clamd", b"INSTREAM size limit exceeded. ERROR\0"),
        pytest.raises(ScannerAway),
    ):
        is_harmless(b"x")


def test_without_a_scanner_nobody_is_asked(settings: Settings) -> None:
    settings.CLAMD = ""
    assert is_harmless(b"x")
