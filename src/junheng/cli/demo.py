"""`junheng demo`: the whole site with an invented county and an account for every role."""

from __future__ import annotations

import os
from pathlib import Path

import click

from junheng.cli.serve import run_module, serve

BUREAU = "云槐县教育局"


@click.command("demo")
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
def command(port: int) -> None:
    """Show everything with an invented county; never for real data."""
    os.environ["JUNHENG_DEMO"] = "1"
    os.environ.setdefault("JUNHENG_BUREAU", BUREAU)
    os.environ.setdefault("JUNHENG_VAR", str(Path.cwd() / "var" / "demo"))
    serve(host="127.0.0.1", port=port, workers=2, load=load, greet=greet)


def load() -> None:
    click.echo("Loading the invented county of Yunhuai and its round …", err=True)
    run_module("junheng.site.demo")


def greet(url: str) -> None:
    click.echo(
        f"\nJunheng is ready: {url}\n"
        "The accounts above work without a second factor, in this demonstration only.\n"
        "Ctrl-C stops everything."
    )
