"""A whole term: twenty policies, a reason for every no, and the audit both ways, files to files.

    python -m benchmarks.entitlement [PEOPLE …]

`junheng aid run` as a process of its own, from checking the files to the receipt. Payments have
faults at known places (`benchmarks/shared/aid_people.py`); whether the audit found these and no
others is looked at afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.shared.aid_people import write_payments, write_people, write_policies

JUNHENG = (sys.executable, "-c", "from junheng.cli import main; main()")
BARS = {1_000_000: (5.0, 1000), 10_000_000: (30.0, 10_000)}
"""Seconds and MB by people."""
MEMORY = {10_000_000: "8GB"}
"""What DuckDB may take before it goes on on the disk, where it is not 2 GB."""


def run(folder: Path, out: Path, memory: str = "2GB") -> tuple[float, float, int]:
    """Seconds, seconds of processor and peak MB of one run."""
    words = ["--facts", str(folder), "--policies", str(folder / "policies"), "--out", str(out)]
    words += ["--memory", memory]
    began = time.perf_counter()
    pid = os.posix_spawn(JUNHENG[0], [*JUNHENG, "aid", "run", *words], os.environ)
    _pid, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit("junheng aid run failed")
    spent = usage.ru_utime + usage.ru_stime
    return time.perf_counter() - began, spent, usage.ru_maxrss // 1024


def measure(people: int, folder: Path) -> bool:
    """Print a line; whether the bars were met and the audit was right."""
    write_people(folder, people)
    write_policies(folder / "policies")
    memory = MEMORY.get(people, "2GB")
    run(folder, folder / "first", memory)
    planted = write_payments(folder, folder / "first" / "answers-2026-09-01.parquet")
    shutil.rmtree(folder / "first")
    seconds, spent, peak = run(folder, folder / "out", memory)
    receipt = json.loads((folder / "out" / "receipt.json").read_bytes())
    found = dict.fromkeys(planted, 0)
    for row in receipt["differences"]:
        if row["difference"] != "undecided":
            found[row["difference"]] += row["count"]
    claims = sum(row["entitled"] for row in receipt["totals"])
    bar_s, bar_mb = BARS.get(people, (people * 5e-6, 1000))
    good = seconds <= bar_s and peak <= bar_mb and found == planted
    print(
        f"{people:,} people, {claims:,} claims: {seconds:.1f} s (bar {bar_s:.0f}), processor"
        f" {spent:.1f} s, peak {peak:,} MB (bar {bar_mb:,}); planted {planted},"
        f" found {'the same and no other' if found == planted else found}",
        flush=True,
    )
    return good


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[1:]] or list(BARS)
    met = []
    for size in sizes:
        made = Path(tempfile.mkdtemp(prefix="junheng-bench-"))
        try:
            met.append(measure(size, made / "period"))
        finally:
            shutil.rmtree(made)
    sys.exit(0 if all(met) else 1)
