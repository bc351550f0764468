"""The type that papers are set in: Noto from npm, and the bureau's own by `JUNHENG_FONTS`.

The standard for official papers (GB/T 9704) asks for Xiaobiaosong, Fangsong and Hei, which are
sold with licences of their own. A bureau that has them names their folder; until then the titles
and the text are set in Noto Serif, headings in Noto Sans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import category

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

from junheng.commons.refusals import Refusal

SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
NOTO = (
    "noto-serif-sc/400Regular",
    "noto-serif-sc/700Bold",
    "noto-sans-sc/400Regular",
    "noto-sans-sc/600SemiBold",
)
WANTED = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", SERIF),
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", SERIF),
    "heading": ("SimHei", "STHeiti", SANS),
    "figures": (SANS,),
}
"""Families by their use, the best first."""
FONT_FILES = {".ttf", ".otf", ".ttc", ".otc"}
BLANK = "\uff3f"
"""Stands for a character that no font has, to be filled in by hand."""
SHOWN = 20
VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Choose between shapes of the character before them."""


class NoFonts(Refusal):
    """The type for Chinese is not there, so no paper can be set."""


class MissingCharacters(Refusal):
    """A paper would show empty boxes."""


@dataclass(frozen=True, slots=True)
class Type:
    """Loaded fonts: for Typst, the names of their families, and every character they have."""

    loaded: typst.Fonts
    names: frozenset[str]
    characters: frozenset[int]


def of_house() -> Type:
    """The fonts of this installation.

    Raises:
        NoFonts: If they are not where the settings say.
    """
    return _loaded(Path(settings.NODE_MODULES), settings.FONTS)


def families() -> dict[str, list[str]]:
    """By use, those families that are there, the best first."""
    there = of_house().names
    return {use: [name for name in wanted if name in there] for use, wanted in WANTED.items()}


def unprintable(text: str) -> list[str]:
    """The visible characters of a text that no font has, each once."""
    known = of_house().characters
    return [sign for sign in sorted(set(text)) if ord(sign) not in known and _shows(sign)]


def _shows(sign: str) -> bool:
    return category(sign) not in {"Cc", "Cf"} and not VARIANTS.match(sign)


def require_printable(text: str) -> None:
    """Refuse a text with characters that no font has.

    Raises:
        MissingCharacters: It names them with their numbers.
    """
    if found := unprintable(text):
        shown = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in found[:SHOWN])
        raise MissingCharacters(
            _(
                "No font here has these characters: %s. Put a font that has them into the folder "
                "which JUNHENG_FONTS names, and try again."
            )
            % shown
        )


def writable(text: str) -> str:
    """The text with a line to write on in place of each character that no font has."""
    return text.translate({ord(sign): BLANK for sign in unprintable(text)})


@cache
def _loaded(modules: Path, own: str) -> Type:
    folders = [Path(own)] if own else []
    folders += [modules / "@expo-google-fonts" / folder for folder in NOTO]
    for folder in folders:
        if not any(file.suffix.lower() in FONT_FILES for file in folder.glob("**/*")):
            raise NoFonts(
                _(
                    "There are no fonts in %s, so no paper can be made. Run "
                    "`npm ci --ignore-scripts`, and let JUNHENG_FONTS name a folder with fonts."
                )
                % folder
            )
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )
    return Type(fonts, frozenset(fonts.families()), _characters(fonts.fonts()))


def _characters(fonts: Iterable[typst.FontInfo]) -> frozenset[int]:
    found: set[int] = set()
    for path, index in {(font.path, font.index) for font in fonts if font.path}:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            found.update(font.getBestCmap() or ())
    return frozenset(found)
