"""The tests' browser comes from somewhere, or its absence is a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "browser"
PLAIN = ("bash", "dirname", "cat")


class Machine:
    """A machine with nothing but what a test puts there; its programs note what they were asked."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notes = folder, folder / "notes"
        for name in ("bin", "tools", ".venv/bin"):
            (folder / name).mkdir(parents=True)
        for name in PLAIN:
            (folder / "bin" / name).symlink_to(str(shutil.which(name)))
        shutil.copy(TOOL, folder / "tools" / "browser")
        self.has(".venv/bin/playwright")

    def has(self, path: str, *, answer: int = 0, says: str = "") -> None:
        program = self.folder / path
        program.write_text(
            f'#!/bin/bash\necho "{program.name} $*" >>"{self.notes}"\n'
            f"[ -z '{says}' ] || echo '{says}'\nexit {answer}\n"
        )
        program.chmod(0o755)

    def asked(self) -> tuple[int, list[str]]:
        environment = {**os.environ, "PATH": str(self.folder / "bin")}
        done = subprocess.run(
            [self.folder / "tools" / "browser"], env=environment, capture_output=True, check=False
        )
        notes = self.notes.read_text().splitlines() if self.notes.exists() else []
        return done.returncode, notes


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.has("bin/id", says="1000")
    return made


def test_a_browser_that_is_there_is_enough(machine: Machine) -> None:
    machine.has("bin/google-chrome")
    assert machine.asked() == (0, ["google-chrome --version"])


def test_an_ordinary_user_gets_playwrights_own(machine: Machine) -> None:
    machine.has("bin/apt-get")
    assert machine.asked() == (0, ["id -u", "playwright install chromium"])


def test_a_stand_in_that_does_not_run_is_no_browser(machine: Machine) -> None:
    machine.has("bin/chromium-browser", answer=1)
    assert machine.asked()[1][-1] == "playwright install chromium"


def test_root_falls_back_where_the_distribution_has_no_browser(machine: Machine) -> None:
    machine.has("bin/id", says="0")
    machine.has("bin/apt-get", answer=100)
    code, notes = machine.asked()
    assert (code, notes[-1]) == (0, "playwright install --with-deps chromium")


def test_where_no_browser_can_be_had_it_fails(machine: Machine) -> None:
    machine.has(".venv/bin/playwright", answer=1)
    assert machine.asked()[0] == 1
