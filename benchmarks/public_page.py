"""The public page of a published round under load: families all look in the same minute.

    python -m benchmarks.public_page [--seconds 5] [--var FOLDER]

The demo's site in a folder of its own (embedded database under the application's role, web server
with 2 processes as `junheng serve` starts it) and `wrk` (apt-get install wrk) beside it on the
same machine: one thread, 32 connections that ask again as soon as they are answered. Printed are
answers a second and the time until an answer was whole, for the page as it is, compressed, and
for readers who have it already. With `--var` the folder is kept, and a second call finds it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

CONNECTIONS, THREADS, BAR = 32, 1, 500
REF_PAGE = re.compile(rb'href="(/r/[^"]+/)"')
FIGURES = {
    "requests/s": re.compile(r"Requests/sec:\s+(\S+)"),
    "p50": re.compile(r"50%\s+(\S+)"),
    "p99": re.compile(r"99%\s+(\S+)"),
}
BAD = re.compile(r"(?:Non-2xx or 3xx responses|Socket errors): (.*)")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=int, default=5)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": str(options.var or Path(folder)),
            "JUNHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
        }
        measure(options.seconds)


def measure(seconds: int) -> None:
    from benchmarks.pages import web_server
    from junheng.cli.serve import database

    with database():
        for module in ("junheng.site.prepare", "junheng.site.demo"):
            subprocess.run([sys.executable, "-m", module], check=True, stdout=subprocess.DEVNULL)
        with web_server() as port:
            told(f"http://127.0.0.1:{port}", seconds)


def told(base: str, seconds: int) -> None:
    with urlopen(f"{base}/r/", timeout=60) as listed:
        found = REF_PAGE.search(listed.read())
    assert found is not None, "the demo has no public round"
    url = base + found[1].decode()
    with urlopen(url, timeout=60) as page:
        size, tag = len(page.read()), page.headers["ETag"]
    print(f"{url}: {size:,} bytes; {CONNECTIONS} connections for {seconds} s each\n")
    print("".join(f"{head:>18}" for head in ("", *FIGURES, f"bar {BAR}/s")))
    row("as it is", url, seconds, {})
    row("gzip", url, seconds, {"Accept-Encoding": "gzip"})
    row("had it already", url, seconds, {"If-None-Match": tag})


def row(name: str, url: str, seconds: int, headers: Mapping[str, str]) -> None:
    said = asked(url, seconds, headers)
    found = [match[1] if (match := pattern.search(said)) else "?" for pattern in FIGURES.values()]
    held = "yes" if float(found[0]) >= BAR and not BAD.search(said) else "NO"
    print("".join(f"{cell:>18}" for cell in (name, *found, held)))
    if bad := BAD.search(said):
        print(f"{'':>18}{bad[0]}")


def asked(url: str, seconds: int, headers: Mapping[str, str]) -> str:
    """What `wrk` says; asked for a second before, so that each process has made the page."""
    options = [f"-t{THREADS}", f"-c{CONNECTIONS}", "--latency"]
    options += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    subprocess.run(["wrk", *options, "-d1", url], check=True, capture_output=True)
    done = subprocess.run(
        ["wrk", *options, f"-d{seconds}", url], check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
