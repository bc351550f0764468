"""Tables that every room uses: runs with receipts, jobs, messages, imports, exports, approvals."""

from __future__ import annotations

from junheng.commons.models.approvals import Approval, Attempt
from junheng.commons.models.jobs import Job
from junheng.commons.models.messages import Message
from junheng.commons.models.personal import DataIncident, DataRequest, Erasure, PersonalField
from junheng.commons.models.runs import Run, RunFile, Snapshot
from junheng.commons.models.tables import ExportLog, ImportBatch
from junheng.commons.models.uploads import Upload
from junheng.commons.models.waiting import WaitingRoom

__all__ = [
    "Approval",
    "Attempt",
    "DataIncident",
    "DataRequest",
    "Erasure",
    "ExportLog",
    "ImportBatch",
    "Job",
    "Message",
    "PersonalField",
    "Run",
    "RunFile",
    "Snapshot",
    "Upload",
    "WaitingRoom",
]
