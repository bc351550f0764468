"""Papers as PDF: a Typst template and values, the same bytes for the same input.

    pdf = render("admissions/documents/letters.typ", data, made_on=run_published_on)

Values reach the template as JSON and stay values: text with Typst's own signs in it is printed as
it stands, never read as markup. Templates lie in `documents/` of the room that owns the paper and
import `/commons/documents/layout.typ` for paper size, type and seal. Nothing of the machine goes
in: no clock, no fonts of the system, no files but the package's own.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.timezone import get_default_timezone

from junheng.commons.documents.fonts import (
    BLANK,
    MissingCharacters,
    NoFonts,
    families,
    of_house,
    require_printable,
    unprintable,
    writable,
)
from junheng.commons.documents.qr import qr_svg

__all__ = [
    "BLANK",
    "PDF",
    "MissingCharacters",
    "NoFonts",
    "qr_svg",
    "render",
    "require_printable",
    "unprintable",
    "writable",
]

PACKAGE = Path(__file__).resolve().parents[2]
PDF = "application/pdf"
log = logging.getLogger(__name__)


def render(template: str, data: Mapping[str, Any], *, made_on: date) -> bytes:
    """A paper as PDF.

    Args:
        template: Path of the Typst file within the package.
        data: What the template reads as `data`: JSON types only. Words are translated already.
        made_on: Date that the file carries as its date of creation.

    Raises:
        NoFonts: If the type for Chinese is not there.
        MissingCharacters: If a character stands in none of the fonts; nobody gets a paper with
            an empty box in it.
    """
    inputs = {
        "data": json.dumps(data, ensure_ascii=False),
        "type": json.dumps(families()),
        "language": (translation.get_language() or "zh-hans").split("-")[0],
    }
    require_printable(inputs["data"])
    pdf, warnings = typst.compile_with_warnings(
        PACKAGE / template,
        root=PACKAGE,
        font_paths=of_house().loaded,
        sys_inputs=inputs,
        timestamp=_midnight(made_on),
    )
    for warning in warnings:
        log.warning("%s: %s", template, warning.message)
    return pdf


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), get_default_timezone()).timestamp())
