"""Work on the installation itself: as the owner of its tables, with its database running."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from junheng.cli.serve import database, only_launcher


@contextmanager
def as_owner(*, running: bool) -> Iterator[None]:
    """Set Django up as the owner of the tables.

    Args:
        running: Whether the site may run meanwhile. A database that ran before is left running.
    """
    os.environ["JUNHENG_AS_OWNER"] = "1"
    os.environ["PGAPPNAME"] = f"junheng-owner-{os.getpid()}"  # to know our own sessions by
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    import django
    from django.conf import settings

    django.setup()
    with ExitStack() as stack:
        try:
            stack.enter_context(only_launcher(settings.VAR))
        except click.ClickException:
            if not running:
                raise
        if settings.EXTERNAL_DATABASE or not settings.SERVER.ready():
            stack.enter_context(database())
        yield


def keys_file() -> Path:
    """Where this installation's keys are."""
    from django.conf import settings

    return Path(os.environ.get("JUNHENG_KEYS_FILE") or settings.VAR / "keys.json")
