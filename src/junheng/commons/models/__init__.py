"""Tables that every room uses: runs with receipts, jobs, imports, exports."""

from __future__ import annotations

from junheng.commons.models.jobs import Job
from junheng.commons.models.runs import Run, RunFile, Snapshot
from junheng.commons.models.tables import ExportLog, ImportBatch

__all__ = ["ExportLog", "ImportBatch", "Job", "Run", "RunFile", "Snapshot"]
