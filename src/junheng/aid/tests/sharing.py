"""What the tests of a file share: made once, inside a transaction that is taken back at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker


@contextmanager
def shared(blocker: DjangoDbBlocker, files: Path) -> Iterator[None]:
    """Rows and stored files that stay for the tests of a file; what a test writes does not."""
    with blocker.unblock(), override_settings(STORAGE_ROOT=files), transaction.atomic():
        yield
        transaction.set_rollback(True)
