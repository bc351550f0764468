"""An installation of its own for a benchmark: a folder, the embedded database, all tables."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def installation(kept: Path | None = None, **environment: str) -> Iterator[None]:
    """Django, ready to be asked, over a database that is there while the block runs.

    Args:
        kept: A folder that stays, with whatever an earlier call left in it; else a new one.
        environment: Further variables, such as `JUNHENG_AS_OWNER`.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's database runs as another user, who must pass through
        os.environ |= {
            "JUNHENG_VAR": str(kept or folder),
            "DJANGO_SETTINGS_MODULE": "junheng.site.settings",
            **environment,
        }
        from junheng.cli.serve import database

        with database():
            subprocess.run([sys.executable, "-m", "junheng.site.prepare"], check=True)
            import django

            django.setup()
            yield
