"""`junheng demo`: the whole site with an invented county and an account for every role."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from junheng.cli.serve import run_module, serve

BUREAU = "云槐县教育局"
HOST = "127.0.0.1"


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
def command(port: int) -> None:
    """Show everything with an invented county; never for real data."""
    os.environ["JUNHENG_DEMO"] = "1"
    os.environ.setdefault("JUNHENG_BUREAU", BUREAU)
    os.environ.setdefault("JUNHENG_VAR", str(Path.cwd() / "var" / "demo"))
    serve(host=HOST, port=port, workers=2, load=load, greet=greet, beside=stand_in())


def stand_in() -> dict[str, list[str]]:
    """The stand-in for three departments' services, on a port of its own that the site may ask."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    os.environ["JUNHENG_REGISTER_HOSTS"] = f"{HOST}:{port}"
    os.environ["JUNHENG_STANDIN_URL"] = f"http://{HOST}:{port}"
    os.environ["JUNHENG_STANDIN_FILE"] = str(Path(os.environ["JUNHENG_VAR"]) / "standin.json")
    return {"stand-in": play()}


def play() -> list[str]:
    """The command line of the stand-in, at the address that was chosen for it."""
    address = urlsplit(os.environ["JUNHENG_STANDIN_URL"])
    program = "junheng.site.standin.application:application"
    where = ["--interface", "wsgi", "--host", HOST, "--port", str(address.port)]
    tuning = ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *where, *tuning, program]


def load() -> None:
    click.echo("Loading the invented county of Yunhuai and its round …", err=True)
    with playing():
        run_module("junheng.site.demo")


@contextmanager
def playing() -> Iterator[None]:
    """The stand-in, while families are checked that apply before the site is there."""
    program = subprocess.Popen(play())
    try:
        yield
    finally:
        program.terminate()
        program.wait()


def greet(url: str) -> None:
    click.echo(
        f"\nJunheng is ready: {url}\n"
        f"Registers of other departments are played by {os.environ['JUNHENG_STANDIN_URL']}/\n"
        "The accounts above work without a second factor, in this demonstration only.\n"
        "Ctrl-C stops everything."
    )
