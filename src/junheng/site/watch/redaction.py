"""Keep people out of the logs: numbers, telephones, addresses, names and secrets are hidden.

It hides too much rather than too little: every run of Chinese characters might be a name, so
none is written, and every run of eleven digits or more might be a telephone or an identity
number. A person is known in the logs by the primary key of the account alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

HIDDEN = "[…]"
DEPTH = 6
"""Deeper than this nothing is looked at, and nothing is written."""
LONG = 20_000
"""Characters of one value; the end of a longer one is cut off."""

SECRET = (
    *("name", "names", "username", "surname", "guardian", "child", "person", "email", "mail"),
    *("phone", "phones", "mobile", "tel", "telephone", "idcard", "resident", "identity"),
    *("password", "passwd", "pwd", "secret", "token", "cookie", "cookies", "authorization"),
    *("csrfmiddlewaretoken", "sessionid", "otp", "code", "birth", "birthday", "born", "address"),
    *("words", "seed", "url", "path", "params", "query", "body", "headers", "id_number"),
)
"""A key that has one of these among its words says what its value is."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

_WIDE = {0xFF01 + place: 0x21 + place for place in range(94)} | {0x3000: 0x20}
"""Full-width forms, which an input method writes, as their narrow ones."""
_BETWEEN = r"[ \t.()\-\u00a0\u2010-\u2015\u2212]{0,3}"
_UUID = r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
_NUMBER = (
    rf"(?<![0-9A-Za-z])\+?[(]?\d(?:{_BETWEEN}[()]?\d){{10,}}(?:{_BETWEEN}[Xx])?(?![0-9A-Za-z])"
)
_UUID_OR_NUMBER = re.compile(rf"(?P<uuid>{_UUID})|{_NUMBER}")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_HAN = re.compile(
    r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff·•・*]*"
)
# What PostgreSQL adds to an error quotes the row that failed.
_OF_THE_ROW = re.compile(r"^(\s*(?:DETAIL|CONTEXT|HINT|QUERY|STATEMENT):).*", re.MULTILINE)
_KEY_IS = re.compile(r"(Key \([^)]*\)=)\(.*\)")
_ROW_IS = re.compile(r"(Failing row contains )\(.*\)", re.DOTALL)
_NAMED = re.compile(
    r"(?i)((?<![A-Za-z])[A-Za-z_-]{0,40}(?:name|guardian|child|phone|mobile|telephone|mail|resident|"
    r"password|passwd|secret|token|cookie|authorization|sessionid|otp|birth|born|address)"
    r"[A-Za-z_-]{0,40}[\"']?\s{0,9}[:=]\s{0,9})"
    r"(\"[^\"]*\"|'[^']*'|[^\s,;&)\]}]+(?: [A-Z][^\s,;&)\]}]*)*)"
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last processor before an entry is written."""
    for key in list(event):
        event[key] = HIDDEN if is_secret(key) else hidden(event[key])
    return event


def is_secret(key: str) -> bool:
    """Whether the name of a value says that it is nobody's business."""
    words = {word.lower() for word in _WORDS.findall(key)}
    return bool(words & set(SECRET)) or key.lower() in SECRET


def hidden(value: Any, depth: int = 0) -> Any:
    """The value without people; what is neither text, number nor a collection becomes text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if without_people(str(value)) == str(value) else HIDDEN
    if depth > DEPTH:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            without_people(str(key)): HIDDEN if is_secret(str(key)) else hidden(each, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [hidden(each, depth + 1) for each in value]
    return without_people(_text(value))


def without_people(text: str) -> str:
    """The text with everything hidden that is, or might be, about a person."""
    narrow = text[:LONG].translate(_WIDE)
    narrow = _ROW_IS.sub(rf"\1({HIDDEN})", narrow)
    narrow = _KEY_IS.sub(rf"\1({HIDDEN})", narrow)
    narrow = _OF_THE_ROW.sub(rf"\1 {HIDDEN}", narrow)
    narrow = _NAMED.sub(rf"\1{HIDDEN}", narrow)
    narrow = _UUID_OR_NUMBER.sub(_keep_uuid, narrow)
    return _each(narrow, (_HAN, _MAIL))


def _each(text: str, patterns: Iterable[re.Pattern[str]]) -> str:
    for pattern in patterns:
        text = pattern.sub(HIDDEN, text)
    return text


def _keep_uuid(found: re.Match[str]) -> str:
    return found.group() if found.group("uuid") else HIDDEN


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode(errors="replace")
    return str(value)


Processor = Callable[[Any, str, MutableMapping[str, Any]], MutableMapping[str, Any]]
