"""Every page of the site under load, with a round of 100,000 children loaded and run.

    python -m benchmarks.pages [--children 100000] [--seconds 60] [--var FOLDER]

A real site in a folder of its own: the embedded database under the application's role, the web
server with 2 processes, the pages as the officer sees them. 16 clients each ask once a second,
in a shuffled order that goes round all pages. A client waits for the whole answer; what it
measures includes its own share of the same machine. With `--var` the folder is kept, and a
second call finds the round there.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

CLIENTS, EVERY_SECONDS, BAR_MS = 16, 1.0, 200
SCHOOLS, UNPLACED = 300, 0.1
REF = "sample-{children}x300"
# pages that hand out files, change something or lead elsewhere are no pages to wait for
LEFT_OUT = ("account_", "mfa_", "commons:worker", "commons:manifest", "admissions:template")


@dataclass
class Page:
    """An address and how long its answers took, in milliseconds."""

    name: str
    address: str
    took: list[float] = field(default_factory=list)
    refused: int = 0

    def at(self, share: float) -> float:
        """The nearest-rank percentile."""
        ranked = sorted(self.took)
        return ranked[max(0, -(-round(share * 1000) * len(ranked) // 1000) - 1)]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--children", type=int, default=100_000)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--var", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var = options.var or Path(folder)
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": str(var),
            "JUNHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
        }
        measure(options.children, options.seconds)


def measure(children: int, seconds: float) -> None:
    from junheng.cli.serve import database

    with database():
        ref = prepared(children)
        pages, cookie = known_pages(ref), session()
        with web_server() as port:
            pages = [page for page in pages if answers(port, cookie, page)]
            ask_all(port, cookie, pages, seconds)
    told(pages, children, seconds)


# --------------------------------------------------------------------------- what is asked


def prepared(children: int) -> str:
    """The site with its round; the reference of the finished run."""
    subprocess.run([sys.executable, "-m", "junheng.site.prepare"], check=True)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("load_demo", verbosity=0)
    from junheng.admissions import facade
    from junheng.admissions.files.sample import Wish, sample_round

    files = sample_round(Wish(children, SCHOOLS, "pages", UNPLACED))
    began = time.perf_counter()
    loaded = facade.load_round("990100", files)
    print(f"loaded in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    if not facade.has_result(loaded.id):
        facade.run_round(loaded.id, seed=facade.rehearsal_seed("pages"))
        print(f"run, checked and stored in {time.perf_counter() - began:.1f} s")
    from junheng.commons.models import Run

    run = Run.objects.filter(state="done", matter__endswith=f".{loaded.id}").latest("requested_at")
    return run.ref


def known_pages(ref: str) -> list[Page]:
    """Every address of the site without arguments, and the round's pages in all their orders."""
    from django.urls import reverse

    from junheng.admissions.models import Placement, RoundRun

    record = RoundRun.objects.get(run__ref=ref)
    diverted = Placement.objects.filter(run=record, how="diverted").order_by("code")[1234]
    run = reverse("admissions:run", args=[ref])
    children = reverse("admissions:children", args=[ref])
    schools = reverse("admissions:schools", args=[ref])
    school = reverse("admissions:school", args=[ref, diverted.school_id])
    found = {
        "round": reverse("admissions:round", args=[record.round_id]),
        "result": run,
        "schools": schools,
        "schools, free, sorted": f"{schools}?free=on&sort=-free",
        "school": school,
        "school, last page": f"{school}?page=9",
        "children": children,
        "children, page 300": f"{children}?page=300",
        "children by distance": f"{children}?sort=-distance_m",
        "children by ticket": f"{children}?sort=ticket",
        "children by school": f"{children}?sort=school",
        "children by tier": f"{children}?sort=tier",
        "children by place in list": f"{children}?sort=-list_rank",
        "children by how": f"{children}?sort=how",
        "children, diverted, farthest": f"{children}?how=diverted&sort=-distance_m",
        "children, unplaced": f"{children}?how=unplaced",
        "children, a school": f"{children}?school={diverted.school.code}",
        "children, code searched": f"{children}?q={diverted.code[:4]}",
        "children, nothing found": f"{children}?q=zzzz",
        "child": reverse("admissions:child", args=[ref, diverted.pk]),
        "receipt": reverse("admissions:receipt", args=[ref]),
    }
    return [Page(name, address) for name, address in found.items()] + list(plain_pages())


def plain_pages() -> Iterator[Page]:
    """The pages that need no argument, of every room."""
    from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

    def names(patterns: list[object], within: str = "") -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                yield f"{within}{pattern.name}"
            else:
                space = getattr(pattern, "namespace", None)
                inner = getattr(pattern, "url_patterns", [])
                yield from names(inner, f"{within}{space}:" if space else within)

    for name in names(get_resolver().url_patterns):
        if not name.startswith(LEFT_OUT):
            try:
                yield Page(name, reverse(name))
            except NoReverseMatch:
                continue


def session() -> str:
    """The cookie of the officer, signed in."""
    from django.test import Client

    from junheng.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="admissions"))
    return f"sessionid={client.cookies['sessionid'].value}"


# ------------------------------------------------------------------------------ the asking


@contextmanager
def web_server() -> Iterator[int]:
    """The web server as `junheng serve` starts it."""
    from django.db import connection

    from junheng.cli.serve import commands

    connection.close()
    connection.close_pool()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(commands("127.0.0.1", port, 2)["web server"])
    try:
        for _try in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def answers(port: int, cookie: str, page: Page) -> bool:
    """Whether the address is a page for the officer; asked a few times, so that all are warm."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    statuses = {ask(wire, cookie, page.address)[0] for _time in range(4)}
    return statuses == {200}


def ask(wire: http.client.HTTPConnection, cookie: str, address: str) -> tuple[int, float]:
    """The status, and milliseconds until the whole answer was there."""
    began = time.perf_counter()
    wire.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    response = wire.getresponse()
    response.read()
    return response.status, (time.perf_counter() - began) * 1000


def ask_all(port: int, cookie: str, pages: list[Page], seconds: float) -> None:
    """All clients at once, each once a second."""
    began = time.perf_counter() + 1
    clients = [
        threading.Thread(target=client, args=(number, port, cookie, pages, began, seconds))
        for number in range(CLIENTS)
    ]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()


def client(
    number: int, port: int, cookie: str, pages: list[Page], began: float, seconds: float
) -> None:
    """One client; the next page is due a second after the last was, however long that took."""
    order = random.Random(number).sample(pages, len(pages))
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    due, turn = began + number * EVERY_SECONDS / CLIENTS, 0
    while due < began + seconds:
        time.sleep(max(0.0, due - time.perf_counter()))
        page = order[turn % len(order)]
        status, took = ask(wire, cookie, page.address)
        if status == 200:
            page.took.append(took)
        else:
            page.refused += 1
        due, turn = due + EVERY_SECONDS, turn + 1


def told(pages: list[Page], children: int, seconds: float) -> None:
    everything = Page("all pages", "", [ms for page in pages for ms in page.took])
    print(
        f"{children:,} children; {CLIENTS} clients, each once every {EVERY_SECONDS:g} s, for "
        f"{seconds:g} s: {len(everything.took):,} answers, "
        f"{sum(page.refused for page in pages)} refused\n"
    )
    heads = ("page", "asked", "p50", "p95", "p99", f"bar {BAR_MS} ms")
    print("".join(_cell(head, place) for place, head in enumerate(heads)))
    for page in [*sorted(pages, key=lambda page: page.name), everything]:
        if not page.took:
            continue
        shares = [f"{page.at(share):.0f} ms" for share in (0.5, 0.95, 0.99)]
        held = "yes" if page.at(0.95) < BAR_MS else "NO"
        cells = (page.name, str(len(page.took)), *shares, held)
        print("".join(_cell(cell, place) for place, cell in enumerate(cells)))


def _cell(text: str, place: int) -> str:
    return text.ljust(34) if place == 0 else text.rjust(10)


if __name__ == "__main__":
    main()
