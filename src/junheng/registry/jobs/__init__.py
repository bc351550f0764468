"""What the worker does for the register, by topic; each wraps one call and is safe to run twice."""

from __future__ import annotations

from junheng.registry.jobs.integrity import check_registers, check_soon

__all__ = ["check_registers", "check_soon"]
