"""What happened in the tree, for rooms above that keep a copy of a path."""

from __future__ import annotations

from django.dispatch import Signal

paths_moved = Signal()
"""Sent inside the transaction, with `moves`: the new beginning of paths by the old one.

A row that keeps a path below `old` must begin with `new` from now on.
"""
