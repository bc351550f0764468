"""Admission morning: families make the whole journey against the real site, generator included.

    python -m benchmarks.admission_morning [--seconds 120] [--families 12] [--photos 0]
                                           [--per-second 0] [--kill]

The embedded database, the web server with two processes and the worker, as `junheng serve` starts
them, on this machine, and locust beside them. Prints whole journeys a second, the 95th percentile
of every page, what each part took of the processors, and whether every family that was shown a
number has its application, once. With `--photos 20` one family in twenty sends three photos in;
with `--per-second` the waiting room lets so many in; with `--kill` web server, worker and database
are killed at random meanwhile and started again, which shows that nothing is lost.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

JUNHENG = str(Path(sys.executable).with_name("junheng"))
COUNTY, REF = "990100", "2027-g1"
BAR_JOURNEYS, BAR_MS = 20.0, 400


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=120)
    asked.add_argument("--families", type=int, default=12)
    asked.add_argument("--per-second", type=float, default=0.0)
    asked.add_argument("--photos", type=int, default=0, help="one family in so many sends them")
    asked.add_argument("--kill", action="store_true")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": f"{folder}/var",
            "JUNHENG_DEMO": "1",
            "JUNHENG_PROXIES": "1",  # families come from many addresses, as behind a proxy
            "JUNHENG_JOURNEYS_PER_SECOND": str(options.per_second),
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
        }
        os.environ.pop("JUNHENG_AS_OWNER", None)
        measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    port = free_port()
    prepare()
    with site(port) as server:
        figures = load(folder, port, options, server)
        told(figures, options)
        time.sleep(5.0)  # what is still on its way may come to an end
        compare(folder / "shown.txt")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare() -> None:
    """A county with its zones, and a round that takes applications in."""
    from junheng.cli.serve import database

    program = "from benchmarks.admission_morning import furnish; furnish()"
    with database():
        subprocess.run([sys.executable, "-m", "junheng.site.prepare"], check=True)
        subprocess.run([sys.executable, "-c", program], check=True)


def furnish() -> None:
    """Runs in a process of its own: the round, opened by two people."""
    from datetime import date

    import django

    django.setup()
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    from junheng.accounts.facade import User
    from junheng.admissions import facade

    facade.open_for_families(
        COUNTY,
        ref=REF,
        year=2027,
        text="负载测试",
        born=(date(2019, 9, 1), date(2021, 8, 31)),
        event="Drawing",
        days=34,
        officer=User.objects.get(username="admissions"),
        leader=User.objects.get(username="leader"),
    )


def villages() -> str:
    """Some villages and communities by name, each found at once."""
    from collections import Counter

    from junheng.registry.demo.county import build

    names = Counter(village.name for village in build("yunhuai-2026").villages)
    return ",".join(sorted(name for name, n in names.items() if n == 1)[:200])


@contextmanager
def site(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The site as an operator starts it."""
    server = start(port)
    try:
        yield server
    finally:
        server.poll()
        for launcher in own("launcher", port):
            launcher.send_signal(signal.SIGINT)
        for _try in range(120):
            if not (own("launcher", port) or own("database", port)):
                break
            time.sleep(0.5)  # the database writes down what it holds


def start(port: int) -> subprocess.Popen[bytes]:
    command = [JUNHENG, "serve", "--port", str(port)]
    server = subprocess.Popen(command)
    for _try in range(240):
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2) as answer:
                if answer.status == 200:
                    return server
        except (URLError, OSError):
            time.sleep(0.5)  # a site that starts refuses connections for some seconds
    raise SystemExit("the site does not come up")


def load(
    folder: Path, port: int, options: argparse.Namespace, server: subprocess.Popen[bytes]
) -> dict[str, dict[str, float]]:
    """Locust beside the site; what it counted, by page."""
    environment = {
        **os.environ,
        "JUNHENG_BENCH_SHOWN": str(folder / "shown.txt"),
        "JUNHENG_BENCH_VILLAGES": villages(),
    }
    locust = [sys.executable, "-m", "locust", "-f", "benchmarks/families.py", "--headless"]
    locust += ["-u", str(options.families), "-r", "20", "-H", f"http://127.0.0.1:{port}"]
    warm = [*locust, "-t", "8s", "--only-summary"]
    subprocess.run(warm, env=environment, check=False, capture_output=True)
    environment["JUNHENG_BENCH_FIRST"] = "100000"
    environment["JUNHENG_BENCH_PHOTOS"] = str(options.photos)
    command = [*locust, "-t", f"{options.seconds}s", "--csv", str(folder / "load")]
    command += ["--only-summary"]
    with subprocess.Popen(command, env=environment) as generator, processors(generator):
        if options.kill:
            kill_at_random(port, options.seconds)
        generator.wait()
    with (folder / "load_stats.csv").open() as file:
        return {
            f"{row['Type']} {row['Name']}": {
                "requests": float(row["Request Count"]),
                "failed": float(row["Failure Count"]),
                "per_second": float(row["Requests/s"]),
                "p95": float(row["95%"]),
            }
            for row in csv.DictReader(file)
        }


@contextmanager
def processors(generator: subprocess.Popen[bytes]) -> Iterator[None]:
    """Tell what each part of the site took of the processors meanwhile, once a second noted."""
    seen: dict[int, tuple[str, float, float]] = {}
    enough = threading.Event()

    def watch() -> None:
        while not enough.wait(1.0):
            for process in psutil.process_iter():
                with suppress(psutil.Error):
                    part = _part_of(process, generator.pid)
                    spent = sum(process.cpu_times()[:2])
                    _part, first, _last = seen.get(process.pid, (part, spent, spent))
                    seen[process.pid] = (part, first, spent)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        enough.set()
        watcher.join()
    spent = Counter[str]()
    for part, first, last in seen.values():
        spent[part] += last - first
    print(", ".join(f"{part} {spent[part]:.0f} s" for part in sorted(spent) if spent[part] > 1))


def _part_of(process: psutil.Process, generator: int) -> str:
    line = " ".join(process.cmdline()) or process.name()
    if process.pid == generator:
        return "generator"
    return next((name for name, word in NAMES.items() if word in line), "anything else")


NAMES = {"web server": "granian", "worker": "worker", "database": "postgres"}


def kill_at_random(port: int, seconds: int) -> None:
    """Kill a part of the site every few seconds; what ended by itself is started again."""
    ends = time.monotonic() + seconds - 15
    chance = random.Random(port)
    while time.monotonic() < ends:
        time.sleep(chance.uniform(5, 10))  # so that it comes back between two kills
        part = chance.choice(list(NAMES))
        print(f"killing the {part}", flush=True)
        for process in own(part, port):
            with suppress(psutil.Error):
                process.kill()
        time.sleep(1)  # until the launcher has noticed
        if not own("launcher", port):
            start(port)


def own(part: str, port: int) -> list[psutil.Process]:
    """The processes of a part of this very site: other sites of this machine are left alone."""
    var = os.environ["JUNHENG_VAR"]
    marks = {
        "launcher": ("serve", f"--port {port}"),
        "web server": ("granian", f"--port {port}"),
        "database": ("postgres", f"-D {var}/"),
    }
    if part == "worker":
        below = [child for one in own("launcher", port) for child in one.children(recursive=True)]
        return [child for child in below if _says(child, ("worker",))]
    return [process for process in psutil.process_iter() if _says(process, marks[part])]


def _says(process: psutil.Process, words: tuple[str, ...]) -> bool:
    with suppress(psutil.Error):
        line = " ".join(process.cmdline())
        return all(word in line for word in words)
    return False


def told(figures: dict[str, dict[str, float]], options: argparse.Namespace) -> None:
    journeys = figures.pop("JOURNEY whole journey", None)
    figures.pop(" Aggregated", None)
    for name, row in sorted(figures.items()):
        print(f"{name:<32}{row['requests']:>9.0f}{row['failed']:>7.0f}{row['p95']:>8.0f} ms")
    if journeys:
        worst = max(row["p95"] for row in figures.values())
        rate = (journeys["requests"] - journeys["failed"]) / options.seconds
        print(f"{rate:.1f} whole journeys a second (bar {BAR_JOURNEYS:.0f}),")
        print(
            f"{journeys['failed']:.0f} broken, worst 95th percentile {worst:.0f} ms (bar {BAR_MS})"
        )


def compare(shown: Path) -> None:
    """Every number that a family was shown is an application, once, and of its child."""
    program = "from benchmarks.admission_morning import count; count()"
    subprocess.run([sys.executable, "-c", program], input=shown.read_text(), text=True, check=True)


def count() -> None:
    """Runs in a process of its own: what the site has beside what families were shown."""
    import django

    django.setup()
    from junheng.admissions.models import Application
    from junheng.commons.sealing import blind_index

    shown = [line.split() for line in sys.stdin]
    held = dict(Application.objects.values_list("number", "child_key"))
    lost = [n for n, i in shown if held.get(n) != blind_index(i, "admissions.child")]
    doubled = len(held) - len(set(held.values()))
    print(f"{len(shown)} numbers shown, {len(held)} applications,")
    print(f"{len(lost)} lost or of another child, {doubled} doubled")


if __name__ == "__main__":
    main()
