"""The whole process, files to files: `junheng sample`, `admit` and `verify` with time and memory.

    python -m benchmarks.admit

Times are wall times of fresh processes, memory is the largest resident set of that process.
The engine is compiled before, as `make setup` does it once per machine.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from junheng.admissions.engine.warm import compile_all

JUNHENG = (sys.executable, "-c", "from junheng.cli import main; main()")


@dataclass(frozen=True)
class Size:
    applicants: int
    schools: int
    unplaced: float
    bar_s: float


SIZES = (Size(10_000, 60, 0.05, 4.0), Size(100_000, 300, 0.10, 20.0))


def measured(*args: str) -> tuple[float, int]:
    """Run a subcommand; wall seconds and peak resident memory in MiB."""
    began = time.perf_counter()
    pid = os.posix_spawn(
        JUNHENG[0],
        [*JUNHENG, *args],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    # wait4 gives the figures of this child alone; RUSAGE_CHILDREN keeps the largest of all
    _pid, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"junheng {' '.join(args)} failed")
    return time.perf_counter() - began, usage.ru_maxrss // 1024


def row(size: Size, folder: Path) -> tuple[str, ...]:
    """Make a round of this size, run and verify it; the cells of its line."""
    source, out = str(folder / "in"), str(folder / "out")
    wish = ("--applicants", str(size.applicants), "--schools", str(size.schools))
    measured("sample", source, *wish, "--seed", "bench", "--unplaced", str(size.unplaced))
    admit_s, admit_mib = measured("admit", source, "--out", out)
    verify_s, verify_mib = measured("verify", out, "--inputs", source)
    written = sum(path.stat().st_size for path in (folder / "out").iterdir()) / 2**20
    return (
        f"{size.applicants:,} x {size.schools}",
        f"{size.unplaced:.0%}",
        f"{admit_s:.1f} s",
        f"< {size.bar_s:.0f} s",
        "yes" if admit_s < size.bar_s else "NO",
        f"{admit_mib:,} MiB",
        f"{written:,.0f} MiB",
        f"{verify_s:.1f} s",
        f"{verify_mib:,} MiB",
    )


HEADER = ("round", "unplaced", "admit", "bar", "held", "peak", "written", "verify", "its peak")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="junheng-bench-"))
    try:
        compile_all()  # as `make setup` does
        rows = [HEADER, *(row(size, folder / str(size.applicants)) for size in SIZES)]
    finally:
        shutil.rmtree(folder)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)))
    if any("NO" in cells for cells in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
