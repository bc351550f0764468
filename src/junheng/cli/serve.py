"""`junheng serve`: the database, the web server and the worker, started and stopped as one."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Web server processes.")
@click.option(
    "--only",
    type=click.Choice(["database", "web", "worker"]),
    help="One part alone, each as a service of its own. The database goes first and prepares.",
)
def command(host: str, port: int, workers: int, only: str | None) -> None:
    """Serve the site until Ctrl-C."""
    if only is None:
        serve(host=host, port=port, workers=workers)
    else:
        serve_part(only, host=host, port=port, workers=workers)


def serve(
    *,
    host: str,
    port: int,
    workers: int,
    load: Callable[[], None] = lambda: None,
    greet: Callable[[str], None] = lambda url: click.echo(f"Junheng is ready: {url}"),
    beside: Mapping[str, list[str]] | None = None,
) -> None:
    """Start the database, bring it up to date, `load`, serve, `greet`; stop all at the end.

    `beside` names further processes that belong to it, with their command lines.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    from django.conf import settings

    from junheng.site.processes import run_together

    with only_launcher(settings.VAR):
        refuse_taken_port(host, port)
        with database():
            click.echo("Preparing …", err=True)
            run_module("junheng.site.prepare")
            load()
            count_anew(settings.VAR)
            url = f"http://{host}:{port}/"
            ended = run_together(
                {**commands(host, port, workers), **(beside or {})},
                ready=lambda: answers(url),
                announce=lambda: greet(url),
            )
    if ended is not None:
        raise click.ClickException(f"the {ended} ended by itself; what it said stands above")
    click.echo("Stopped.", err=True)


def serve_part(part: str, *, host: str, port: int, workers: int) -> None:
    """One of the three parts, until it is told to stop; it leaves the other two alone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    from django.conf import settings

    if part == "database":
        serve_database()
        return
    refuse_missing_database()
    if part == "web":
        refuse_taken_port(host, port)
        count_anew(settings.VAR)
    name, url = {"web": "web server"}.get(part, part), f"http://{host}:{port}/"
    with seen_as_running():
        keep(
            {name: commands(host, port, workers)[name]},
            ready=lambda: part == "worker" or answers(url),  # a worker has no address
            part=part,
        )


def serve_database() -> None:
    """The embedded server, and the tables as this version wants them."""
    from django.conf import settings

    if settings.EXTERNAL_DATABASE:
        raise click.UsageError(
            "JUNHENG_DATABASE_URL names a server of your own: `junheng prepare` before web and "
            "worker takes the place of this part."
        )
    with only_launcher(settings.VAR), database():
        run_module("junheng.site.prepare")
        keep({}, ready=lambda: True, part="database")


def keep(processes: dict[str, list[str]], *, ready: Callable[[], bool], part: str) -> None:
    """Run these until one ends or we are told to stop; tell the service manager when ready."""
    from junheng.site.processes import run_together, tell_manager

    def announce() -> None:
        click.echo(f"Junheng's {part} is ready.")
        tell_manager("READY=1")

    if (ended := run_together(processes, ready=ready, announce=announce)) is not None:
        raise click.ClickException(f"the {ended} ended by itself; what it said stands above")


def refuse_missing_database() -> None:
    """Web and worker start no database: it would end with whichever of them ends first."""
    from django.conf import settings

    if not settings.EXTERNAL_DATABASE and not settings.SERVER.ready():
        raise click.ClickException(
            "The database is not running. Start `junheng serve --only database` first."
        )


def count_anew(var: Path) -> None:
    """A fresh folder in which all web processes keep their figures together."""
    folder = var / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def commands(host: str, port: int, workers: int) -> dict[str, list[str]]:
    """The processes of one box, by name."""
    python = sys.executable
    web = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    tuning = ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning"]
    return {
        "web server": [python, *web, *tuning, "junheng.site.wsgi:application"],
        "worker": [python, "-m", "django", "worker"],
    }


@contextmanager
def seen_as_running() -> Iterator[None]:
    """Commands that need a stopped site notice a part of it.

    The embedded database does so for all; beside a server of the bureau's own web and worker
    share the launcher's place.
    """
    from django.conf import settings

    if settings.EXTERNAL_DATABASE:
        with only_launcher(settings.VAR, fcntl.LOCK_SH):
            yield
    else:
        yield


@contextmanager
def only_launcher(var: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Two launchers on one data folder would fight over it; the kernel frees a dead one's lock."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.ClickException(
                f"Junheng already runs on {var}. Stop it there with Ctrl-C, or set JUNHENG_VAR "
                "to another folder."
            ) from None
        yield


def refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"{host}:{port} cannot be used ({error.strerror}). "
                "Stop what listens there, or choose another with --port."
            ) from None


@contextmanager
def database() -> Iterator[None]:
    """The embedded server while we need it; a bureau's own server is left alone."""
    from django.conf import settings

    if settings.EXTERNAL_DATABASE:
        yield
        return
    settings.SERVER.up()
    try:
        yield
    finally:
        settings.SERVER.down()


def run_module(name: str, *args: str) -> None:
    done = subprocess.run([sys.executable, "-m", name, *args], check=False)
    if done.returncode != 0:
        raise click.ClickException(f"{name} failed; what it said stands above")


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:  # noqa: S310  # our own address
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
