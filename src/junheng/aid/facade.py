"""What other rooms may ask of aid."""

from __future__ import annotations

from junheng.aid.demo.load import start_demonstration
from junheng.aid.snapshots.export import NoSuchTerm, TermsDiffer, export_term

__all__ = ["NoSuchTerm", "TermsDiffer", "export_term", "start_demonstration"]
