"""Somebody who sends a batch, or takes the bank's answer in, and hangs at a step inside it.

python -m junheng.aid.tests.paying_process DATABASE STORAGE_ROOT BATCH STEP [ANSWER]
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from uuid import UUID

import django
from django.conf import settings

FOR_EVER = 600


def hanging_at(step: str) -> None:
    """Do the work of the command line, and never come back from a step."""
    from junheng.accounts.models import User
    from junheng.aid.services import answers, paying_out

    def told(name: str) -> None:
        if name == step:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            time.sleep(FOR_EVER)

    batch, finance = UUID(sys.argv[3]), User.objects.get(username="xu")
    if len(sys.argv) > 5:
        data = Path(sys.argv[5]).read_bytes()
        answers.take_in(batch, data, name="answer.csv", by=finance, told=told)
    else:
        paying_out.pay_out(batch, by=finance, told=told)


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.STORAGE_ROOT = Path(sys.argv[2])
    django.setup()
    hanging_at(sys.argv[4])
