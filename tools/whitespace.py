"""Mend white space in the files named: none at line ends, one line feed at the end.

Exits 1 if something was mended, so that a commit stops and shows it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MARKDOWN = {".md"}
"""Here two spaces at a line's end are a line break and stay."""


def mended(text: str, *, markdown: bool) -> str:
    """The text without stray white space; an empty text stays empty."""
    ends = r"[ \t]+$" if not markdown else r"(?:(?<! ) |\t| {3,})$"
    lines = re.sub(ends, "", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    body = lines.rstrip("\n")
    return f"{body}\n" if body else ""


def mend(path: Path) -> bool:
    """Mend one file; whether there was anything to do."""
    before = path.read_bytes()
    after = mended(before.decode(), markdown=path.suffix in MARKDOWN).encode()
    if after != before:
        path.write_bytes(after)
    return after != before


def main(arguments: list[str]) -> int:
    """Mend every file; 1 if one was changed."""
    changed = [name for name in arguments if mend(Path(name))]
    print("\n".join(f"mended: {name}" for name in changed), end="\n" if changed else "")
    return int(bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
