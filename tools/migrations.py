"""Fail when a model has changed and its migration is missing."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.core.management import call_command

VAR = Path(__file__).parents[1] / "var" / "test"


def main() -> None:
    os.environ.setdefault("JUNHENG_VAR", str(VAR))
    os.environ |= {"JUNHENG_AS_OWNER": "1", "DJANGO_SETTINGS_MODULE": "junheng.site.settings"}
    from junheng.site.postgres import embedded

    embedded(Path(os.environ["JUNHENG_VAR"]), fsync="off").up()
    django.setup()
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


if __name__ == "__main__":
    main()
