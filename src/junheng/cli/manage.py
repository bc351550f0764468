"""`junheng manage`: the site's administrative commands, with the database's owner where needed."""

from __future__ import annotations

import os
import sys

import click

OWNER_COMMANDS = {"migrate", "makemigrations", "flush", "sqlmigrate", "dbshell"}


@click.command("manage", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def command(args: tuple[str, ...]) -> None:
    """Run an administrative command of the site, for example `load_divisions FILE`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    if args and args[0] in OWNER_COMMANDS:
        os.environ["JUNHENG_AS_OWNER"] = "1"
    from django.conf import settings
    from django.core.management import execute_from_command_line

    if not settings.EXTERNAL_DATABASE and not settings.SERVER.ready():
        raise click.ClickException(
            "the database does not run: start the site with `junheng serve` first"
        )
    sys.argv = ["junheng manage", *args]
    execute_from_command_line(sys.argv)
