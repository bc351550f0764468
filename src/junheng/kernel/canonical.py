"""One way to write a value as JSON, so that equal values have equal hashes anywhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def canonical_json(value: Any) -> bytes:
    r"""Write a value so that the same value is the same bytes on every machine.

    Keys are sorted by code point (which is also the order of their UTF-8 bytes), there is
    no white space between tokens, text stands as UTF-8 and not as escapes, and one line
    feed ends the document. A finite float is written with the fewest digits that read back
    to the same double; money and distances are integers and should never arrive as floats.

    >>> canonical_json({"b": [1, 0.5, None], "a": "\u5747\u8861"}).decode()
    '{"a":"均衡","b":[1,0.5,null]}\n'

    Args:
        value: None, bool, int, float, str, or lists, tuples and mappings of them; the keys
            of a mapping are text.

    Raises:
        TypeError: If a key is not text (JSON would quietly make it text, and two keys could
            become one) or a value has no form in JSON.
        ValueError: If a float is NaN or infinite, which JSON cannot say, or text holds half
            a surrogate pair, which UTF-8 cannot say.
    """
    _refuse_odd_keys(value)
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    return text.encode() + b"\n"


def _refuse_odd_keys(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not text")
            _refuse_odd_keys(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for inner in value:
            _refuse_odd_keys(inner)
