"""Who may see and keep the connections to other departments' registers."""

from __future__ import annotations

from junheng.accounts.facade import Visitor, holds, paths_of
from junheng.evidence.models import KEEPERS, READERS


def may_read(user: Visitor) -> bool:
    """Whether somebody sees which registers are connected."""
    return holds(user, *READERS)


def may_keep(user: Visitor, path: str | None = None) -> bool:
    """Whether somebody may connect registers and bring deliveries, anywhere or at this path."""
    return holds(user, *KEEPERS, at=path)


def path_kept(user: Visitor) -> str:
    """The part of the tree whose connections somebody keeps; "" for nobody's."""
    kept = paths_of(user, KEEPERS)
    return kept[0] if kept else ""
