"""Migrations that do not put models together again for a trigger: faster, the same database.

After every trigger all models that hang together with the one it stands on are put together
again; in a house of this size that is much of the time of its migrations, and a trigger looks at
nothing of them but the name of its table.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

_done: list[bool] = []


def install() -> None:
    """Once for the process that migrates; asking twice is asking once."""
    if _done:
        return
    _done.append(True)
    for operation in (AddTrigger, RemoveTrigger):
        operation.state_forwards = _without_rendering(operation.state_forwards)  # type: ignore[method-assign]


def _without_rendering(method: Any) -> Any:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        state = next(one for one in args if isinstance(one, ProjectState))
        state.reload_model = lambda *_args, **_kwargs: None  # type: ignore[method-assign]
        try:
            return method(*args, **kwargs)
        finally:
            del state.reload_model

    return wrapped
