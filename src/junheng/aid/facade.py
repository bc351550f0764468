"""What other rooms may ask of aid."""

from __future__ import annotations

from junheng.aid.demo.load import start_demonstration

__all__ = ["start_demonstration"]
