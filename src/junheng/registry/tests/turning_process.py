"""Somebody who turns a school year and hangs at a step, inside the transaction.

python -m junheng.registry.tests.turning_process DATABASE STORAGE_ROOT ROLL_OVER STEP
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from uuid import UUID

import django
from django.conf import settings

FOR_EVER = 600


def hanging_at(step: int) -> None:
    """Turn the year of the command line, and never come back from a step."""
    from junheng.registry.services import turning

    def told(done: int, _total: int, _what: str) -> None:
        if done == step:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            time.sleep(FOR_EVER)

    turning.carry_out(UUID(sys.argv[3]), told)


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.STORAGE_ROOT = Path(sys.argv[2])
    django.setup()
    hanging_at(int(sys.argv[4]))
