"""`junheng prepare`: tables, rights and static files as this version wants them."""

from __future__ import annotations

import os
from contextlib import nullcontext

import click

from junheng.cli.serve import database, only_launcher, run_module


@click.command("prepare")
def command() -> None:
    """Bring the installation up to date without starting it; `junheng serve` does it by itself.

    For processes that are started one by one, and after an upgrade. Does next to nothing when
    nothing changed.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    from django.conf import settings

    # Beside a server of the bureau's own parts of the site may run while another one begins.
    place = nullcontext() if settings.EXTERNAL_DATABASE else only_launcher(settings.VAR)
    with place, database():
        run_module("junheng.site.prepare")
    click.echo("Prepared.", err=True)
