"""What the worker does for rounds, by topic; each wraps one call and is safe to run twice."""

from __future__ import annotations

from junheng.admissions.jobs.applications import check_again, check_soon
from junheng.admissions.jobs.letters import start_printing
from junheng.admissions.jobs.published import make_pack_of, tell_result_of
from junheng.admissions.jobs.quotas import start_quota
from junheng.admissions.jobs.rounds import load_now_or_later, read_now_or_later, start_run

__all__ = [
    "check_again",
    "check_soon",
    "load_now_or_later",
    "make_pack_of",
    "read_now_or_later",
    "start_printing",
    "start_quota",
    "start_run",
    "tell_result_of",
]
