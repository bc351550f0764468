"""The catalogue for the command line, without Django."""

from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import click

from junheng.kernel.faults import Gettext

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = {"zh": "zh_Hans", "en": "en"}


def from_environment() -> str:
    """The language of `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set; else English."""
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").startswith("zh") else "en"


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--lang zh|en`; without it the environment (`LANG`) decides."""
    option = click.option(
        "--lang",
        type=click.Choice(list(LANGUAGES)),
        default=from_environment,
        help="Language of the answers; without it that of the environment.",
    )
    return option(command)


@cache
def speaker(lang: str) -> Gettext:
    """The function that turns source sentences into `lang`.

    Reads the compiled catalogue, or its source where nobody compiled it yet.
    """
    if lang == "en":
        return str
    compiled = catalogues.find("django", str(LOCALE), [LANGUAGES[lang]])
    if compiled is not None:
        return catalogues.translation("django", str(LOCALE), [LANGUAGES[lang]]).gettext
    return _from_source(LOCALE / LANGUAGES[lang] / "LC_MESSAGES" / "django.po")


def _from_source(path: Path) -> Gettext:
    if not path.exists():
        return str
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file)
    said = {m.id: m.string for m in messages if isinstance(m.id, str) and m.string and not m.fuzzy}
    return lambda sentence: str(said.get(sentence, sentence))
