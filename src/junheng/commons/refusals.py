"""An anticipated no: the kind of exception whose text may be shown to a person."""

from __future__ import annotations


class Refusal(Exception):
    """What was asked cannot be done, for a reason that its text tells in plain words."""
