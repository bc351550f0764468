"""Integrity of a district from its tables: from PostgreSQL to findings and cases, 100,000 pupils.

    python -m benchmarks.integrity_district [--townships N] [--var FOLDER]

The register of the invented county with what schools and departments delivered of it, in an
embedded database of its own, under the application's role. What is timed is the whole job, as the
night does it: reading and opening every record, freezing the tables, all checks, findings, cases
by school, the receipt. A second run on the same day follows, for which every finding is known.
With `--var` the folder is kept, and a second call finds the county there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.shared.installation import installation

BAR_SECONDS = 60.0


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--townships", type=int, help="a small county, to try this out")
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with installation(options.var, JUNHENG_DEMO="1"):
        county(options.townships)
        sys.exit(0 if measure() else 1)


def county(townships: int | None) -> None:
    """The invented county with its register and what is compared with it, unless it is there."""
    from django.core.management import call_command

    from junheng.registry.demo.county import SEED
    from junheng.registry.demo.register.told import tell

    call_command("load_demo", history=True, verbosity=0)
    call_command("load_demo_register", townships=townships, verbosity=1)
    began = time.perf_counter()
    tell(SEED)
    print(f"faults planted and tables delivered in {time.perf_counter() - began:.1f} s")


def measure() -> bool:
    """Print where the time goes; whether the bar was met."""
    from junheng.registry.models import IntegrityFinding, Standing

    print(f"{Standing.objects.open().count():,} records")
    first = one_run("first run")
    told = IntegrityFinding.objects.open()
    schools = told.values("organisation").distinct().count()
    print(f"  {told.count():,} findings are open at {schools} schools")
    again = one_run("the same day again")
    print(f"integrity of a district from its tables: {first:.1f} s, {again:.1f} s again")
    print(f"(bar {BAR_SECONDS:.0f} s)")
    return max(first, again) <= BAR_SECONDS


def one_run(title: str) -> float:
    """Freeze and check the register of the county; seconds for all of it."""
    from django.utils import timezone

    from junheng.places.facade import place_by_code
    from junheng.registry.demo.values import COUNTY
    from junheng.registry.services.integrity import requesting, running

    print(title)
    began = time.perf_counter()
    with (
        watched(requesting, "tables_of", "as_files", "freeze"),
        watched(running, "thaw", "from_files", "run_checks", "take_over"),
    ):
        run = requesting.freeze_and_request(
            place_by_code(COUNTY), on=timezone.localdate(), by=None, enqueue=lambda _run: None
        )
        running.execute(run, lambda _done, _total: None)
    took = time.perf_counter() - began
    print(f"  {'all of it':12} {took:6.2f} s")
    run.refresh_from_db()
    receipt = run.receipt or {}
    print("  found:", {key: n for key, n in receipt.get("found", {}).items() if n})
    print("  undecided:", receipt.get("undecided", {}))
    return took


@contextmanager
def watched(module: Any, *names: str) -> Iterator[None]:
    """Print how long each of these steps takes; what a generator does counts for it."""
    plain = {name: getattr(module, name) for name in names}
    for name, step in plain.items():
        setattr(module, name, timed(name, step))
    try:
        yield
    finally:
        for name, step in plain.items():
            setattr(module, name, step)


def timed(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **given: Any) -> Any:
        began = time.perf_counter()
        made = step(*args, **given)
        if isinstance(made, Iterator):
            made = list(made)
        print(f"  {name:12} {time.perf_counter() - began:6.2f} s")
        return made

    return run


if __name__ == "__main__":
    main()
