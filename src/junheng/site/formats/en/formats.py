"""Days and moments in lists as the pages beside them write them: 2026-11-27 22:40."""

from __future__ import annotations

SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
