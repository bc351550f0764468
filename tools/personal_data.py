"""Refuse identity numbers and mobile numbers that might belong to somebody, and fields without why.

    tools/personal_data.py            every file in git, and every table
    tools/personal_data.py FILE …     these files (what the commit hook does)

Every personal field of our tables needs an entry in `src/junheng/commons/personal_data.toml`:
what for, on which legal basis, who receives it, from where, for how long; and whoever keeps it
deletes it when that time is over.

Invented numbers are told from real ones by their form: identity numbers with a division code
from 99 (given to no place), mobile numbers that begin with 1380000 (used in our examples
only). Anything else has no business here, not even in a test; what is printed in a public
standard is listed one by one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import django

from junheng.kernel.resident_id import NotResidentId, ResidentId

PROJECT = Path(__file__).resolve().parents[1]

ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
MOBILE = re.compile(
    r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9A-Za-z])"
)
INVENTED_DIVISION = "99"
PRINTED = {"11010519491231002X"}
"""The example of GB 11643-1999."""
INVENTED_MOBILE = "1380000"

# The rule's own examples, held by a test. Rejected ones are in two pieces, so that this file
# does not reject itself.
ACCEPTED = [
    "number = 990100202002290022",
    "call 13800000001 or 138-0000-0002",
    "phone 138****0001, ID 3715**********0017",
    "sha256:110101199003070018e",
    "metres 10139123456789",
    "the standard's example is 11010519491231002X",
    "11010119900307" + "0012 has the wrong check character",
    "seconds 3.14159265358979",
]
REJECTED = [
    "id 11010119900307" + "7694",
    "11010119900307" + "889X,Zhao",
    "tel 139" + "12345678",
    "+86 139 1234" + " 5678",
    "13912" + "345678@example.com",
]


def found_in(line: str) -> Iterator[str]:
    """What in a line might be somebody's, masked."""
    for match in ID.finditer(line):
        if match[0] not in PRINTED and _is_somebodys(match[0]):
            yield f"identity number {match[0][:4]}…{match[0][-2:]}"
    for match in MOBILE.finditer(line):
        number = "".join(match.groups())
        if not number.startswith(INVENTED_MOBILE):
            yield f"mobile number {number[:3]}…{number[-2:]}"


def faults(files: Iterable[Path]) -> Iterator[str]:
    """Every find, with file and line; files that are not text are passed over."""
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            for what in found_in(line):
                yield f"{path}:{number}: {what}"


def tracked() -> list[Path]:
    """Every file in git, below the project."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if name]


def _is_somebodys(text: str) -> bool:
    try:
        return not ResidentId.parse(text).division.startswith(INVENTED_DIVISION)
    except NotResidentId:
        return False


def unexplained() -> list[str]:
    """Personal fields that the register does not explain, or that nobody deletes when due."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    django.setup()
    from junheng.commons import personal_fields, retention

    return [*personal_fields.gaps(), *retention.gaps()]


def main(arguments: list[str]) -> int:
    """Print what was found; 1 if anything was."""
    said = list(faults([Path(name) for name in arguments] or tracked()))
    if not arguments:
        said += unexplained()
    print("\n".join(said) or "No personal data found, and every personal field is explained.")
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
