"""How the stand-in's services are described to the site that asks them."""

from __future__ import annotations

from collections.abc import Mapping

from junheng.site.standin.answers import NAMES, THEIRS

ADDRESSES = {
    "household": "/household/query",
    "real_estate": "/estate/query",
    "vehicle": "/vehicle/query",
}
ASKED: Mapping[str, Mapping[str, str]] = {
    "household": {},
    "real_estate": {"certificate": "certificateNumber"},
    "vehicle": {},
}
SERVICE = """\
url = "{url}"
timeout_seconds = 3
batch = 200

[signing]
key_id = "junheng"

[request]
people = "people"
ref = "ref"
resident_id = "idNumber"
name = "fullName"
{asked}
[response]
rows = "data.rows"
as_of = "data.asOf"

[response.fields]
ref = "ref"
{fields}
"""


def descriptions(url: str) -> dict[str, str]:
    """A description by register, as an officer would write it.

    Args:
        url: Where the stand-in is, without a path.
    """
    return {
        register: SERVICE.format(
            url=url + ADDRESSES[register],
            asked=_lines(ASKED[register]),
            fields=_lines(THEIRS[register]),
        )
        for register in NAMES
    }


def _lines(words: Mapping[str, str]) -> str:
    return "".join(f'{ours} = "{theirs}"\n' for ours, theirs in words.items())
