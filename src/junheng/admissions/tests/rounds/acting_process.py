"""Somebody of the bureau who says yes to a step, in a process that hangs at a chosen point.

python -m junheng.admissions.tests.rounds.acting_process DATABASE STORAGE_ROOT APPROVAL WHO POINT
"""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings

from junheng.admissions.tests.rounds.worker_process import hang_after

if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    settings.STORAGE_ROOT = Path(sys.argv[2])
    django.setup()
    from junheng.accounts.models import User
    from junheng.admissions.services import publishing, steps
    from junheng.commons import approvals
    from junheng.commons.models import Approval

    if sys.argv[5] == "before":  # the line in the log is the last thing a step writes
        for module in (steps, publishing):
            hang_after(module, "log")
    else:
        hang_after(approvals, "agree")
    approvals.agree(Approval.objects.get(pk=sys.argv[3]), User.objects.get(username=sys.argv[4]))
