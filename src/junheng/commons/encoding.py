"""Text out of bytes: UTF-8 or GB18030, told apart; whatever else is refused, not guessed."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

# GB18030 turns nearly any bytes into some character, so decoding proves little. Text that
# really is GB18030 is mostly of the 6,763 everyday characters of GB 2312; Latin-1, Big5 or
# Shift-JIS read that way are mostly not.
_RARE_SHARE = 3
_RARE_ENOUGH = 4
_SAMPLE = 200_000

# A few Chinese characters in GB18030 may by chance be valid UTF-8 (for about one in seven
# it is so), and then look like a few Cyrillic, Arabic or accented letters.
_CHANCE_MEETING = 4


def decode(data: bytes, name: str) -> str:
    """Text of a file in UTF-8 (with or without byte-order mark) or GB18030.

    Raises:
        Refused: If the file is empty or its encoding is neither.
    """
    if not data.strip(b"\xef\xbb\xbf \t\r\n,"):
        raise Refused([nothing_in(name)])
    if b"\0" in data or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused([_unknown_encoding(name, None)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decode_gb18030(data, name)
    return text if data.startswith(codecs.BOM_UTF8) else _by_chance_utf8(data, text) or text


def _by_chance_utf8(data: bytes, text: str) -> str | None:
    """The text as GB18030, where its few two-byte characters make more sense that way."""
    odd = set(re.findall(r"[^\x00-\x7f]", text)) if len(data) != len(text) else set()
    if not odd or len(odd) > _CHANCE_MEETING or max(odd) > "\u07ff":
        return None
    if re.search(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", text):
        return None  # an accented letter in a word
    try:
        chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return chinese if all(map(_everyday, set(chinese))) else None


def _decode_gb18030(data: bytes, name: str) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise Refused([_unknown_encoding(name, row)]) from None
    if not _reads_like_chinese(text):
        raise Refused([_unknown_encoding(name, None)])
    return text


def _reads_like_chinese(text: str) -> bool:
    beyond_ascii = Counter(re.findall(r"[^\x00-\x7f]", text[:_SAMPLE]))
    rare = {char for char in beyond_ascii if not _everyday(char)}
    if any(not char.isprintable() and not char.isspace() for char in rare):
        return False
    count = sum(beyond_ascii[char] for char in rare)
    if count * _RARE_SHARE <= beyond_ascii.total():
        return True
    amid_latin = re.findall(
        r"(?:(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z]))", text[:_SAMPLE]
    )
    return count < _RARE_ENOUGH and not rare.intersection(amid_latin)


def _everyday(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _unknown_encoding(name: str, row: int | None) -> Fault:
    return fault(
        name,
        row,
        "",
        _("The text is neither UTF-8 nor GB18030."),
        _("Save the file as “CSV UTF-8”, or send the workbook itself."),
    )


def nothing_in(name: str) -> Fault:
    return fault(
        name,
        None,
        "",
        _("The file is empty."),
        _("It needs a header row with the names of the columns and a row for each entry."),
    )
