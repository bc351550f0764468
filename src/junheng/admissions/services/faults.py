"""Faults as the database keeps them: what was wrong, to be said in any reader's language."""

from __future__ import annotations

from typing import Any

from junheng.kernel.faults import Fault, Words


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """A fault with what its sentences were formed from."""
    words = fault.words
    return {
        "file": fault.file,
        "row": fault.row,
        "column": fault.column,
        "message": words.message if words else fault.message,
        "fix": words.fix if words else fault.fix,
        "figures": dict(words.figures) if words else None,
    }


def fault_from_json(kept: dict[str, Any]) -> Fault:
    """The same fault again."""
    facts = {name: kept[name] for name in ("file", "row", "column", "message", "fix")}
    if kept["figures"] is None:
        return Fault(**facts)
    words = Words(kept["message"], kept["fix"], tuple(kept["figures"].items()))
    return Fault(**facts, words=words)
