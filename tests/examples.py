"""How many examples a property is tried with: all of them, or a share while somebody works.

`make test-engines` asks for a tenth, so that it answers in seconds; `make test` and with it CI try
every one.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

PERCENT = int(os.environ.get("JUNHENG_EXAMPLES_PERCENT", "100"))
LEAST = 10


def examples(count: int = 100, /, **more: Any) -> settings:
    """Settings for a property that is tried `count` times where time is no matter."""
    return settings(
        max_examples=max(min(count, LEAST), count * PERCENT // 100), **{"deadline": None, **more}
    )
