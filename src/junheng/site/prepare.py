"""Bring an installation up to date: tables, the application's rights, static files.

Runs as the database's owner, in a process of its own: `python -m junheng.site.prepare`.
Safe to run at every start, and does next to nothing when nothing changed.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection

from junheng.site.keys import KeyRing, promote_blind_index_key, write_down

# older servers let only a table's owner count its rows; theirs are counted a minute later
MAY_COUNT = 17_00_00
SAMPLE = 100
"""Rows of each end: a change is one transaction, so they are all the one or all the other."""


def prepare() -> None:
    """Migrate, grant, settle the keys; collect meanwhile, which asks no database."""
    with alone(), ThreadPoolExecutor(1, "static") as beside:
        collected = beside.submit(collect_static)
        call_command("migrate", interactive=False, verbosity=0)
        settle_keys(settings.KEYS)
        if settings.SITE_ROLE != settings.OWNER_ROLE:
            grant(settings.SITE_ROLE)
        collected.result()


@contextmanager
def alone() -> Iterator[None]:
    """One at a time: what a killed launcher has begun may still be at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('junheng.prepare'))")
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:  # a lost session has no lock
            cursor.execute("SELECT pg_advisory_unlock(hashtext('junheng.prepare'))")


def settle_keys(keys: KeyRing) -> None:
    """Write down keys that older versions did not have, and end a change that was killed.

    The rows get another blind index in one transaction, and the key counts a moment later:
    killed in between, look-ups would find nothing.
    """
    from junheng.commons.resealing import strange_indexes

    write_down(keys.path)
    if following := keys.get("blind_index_next"):
        strange, seen = strange_indexes(following, SAMPLE)
        if seen and not strange:
            promote_blind_index_key(keys.path)


def grant(role: str) -> None:
    """Let the application read, write and count rows, and nothing else; history it only adds to."""
    name = connection.ops.quote_name
    with connection.cursor() as cursor:
        for statement in (
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        ):
            cursor.execute(statement.format(role=name(role)))
        cursor.execute("SHOW server_version_num")
        if int(cursor.fetchone()[0]) >= MAY_COUNT:
            cursor.execute(f"GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {name(role)}")
        for table in history_tables():
            cursor.execute(f"REVOKE UPDATE, DELETE ON {name(table)} FROM {name(role)}")


def history_tables() -> Iterator[str]:
    """The tables that triggers write and nobody edits."""
    from pghistory.models import Event

    for model in apps.get_models():
        if issubclass(model, Event) and model._meta.managed:
            yield model._meta.db_table


def collect_static() -> None:
    """Hash and compress the static files once per version of the sources."""
    if not static_are_current():
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        _mark().write_text(_static_version())


def static_are_current() -> bool:
    """Whether the collected static files were made from the sources as they are."""
    return _mark().exists() and _mark().read_text() == _static_version()


def _mark() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _static_version() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ["JUNHENG_AS_OWNER"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    django.setup()
    prepare()
    sys.exit(0)
