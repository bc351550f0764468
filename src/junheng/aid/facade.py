"""What other rooms may ask of aid."""

from __future__ import annotations

__all__: list[str] = []
