"""The command line in this process, and a round it has already admitted."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from junheng.admissions.tests.files.builders import csv_files, tables
from junheng.cli import main

Junheng = Callable[..., Result]


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """The commands switch the garbage collector off for their own process."""
    yield
    gc.enable()


@pytest.fixture(scope="session")
def junheng() -> Junheng:
    def run(*args: object) -> Result:
        return CliRunner().invoke(main, [str(arg) for arg in args], env={"LANG": "C.UTF-8"})

    return run


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small round as a folder of CSV files."""
    return put(tmp_path / "in", csv_files(tables()))


@pytest.fixture(scope="session")
def admitted(tmp_path_factory: pytest.TempPathFactory, junheng: Junheng) -> tuple[Path, Path]:
    """A made-up round of 300 children and its result: (IN, OUT)."""
    folder = tmp_path_factory.mktemp("round")
    source, out = folder / "in", folder / "out"
    wish = ("--applicants", 300, "--schools", 12, "--seed", "cli", "--unplaced", 0.15)
    assert junheng("sample", source, *wish).exit_code == 0
    assert junheng("admit", source, "--out", out).exit_code == 0
    return source, out
