"""Bring the tables to where the program is, without putting models together for nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from junheng.commons import lean_migrations


class Command(migrate.Command):
    """Django's command, the lean way."""

    def handle(self, *args: Any, **options: Any) -> None:
        lean_migrations.install()
        super().handle(*args, **options)
