from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader
from pytest_django import Settings

from junheng.commons import documents
from junheng.commons.documents import (
    BLANK,
    MissingCharacters,
    NoFonts,
    fonts,
    qr_svg,
    render,
    writable,
)

DAY = date(2026, 7, 5)
RARE = "\U00020bb7"
"""A character of names that the fonts from npm do not have."""
HOSTILE = (
    """#panic("x") $x^2$ *bold* _it_ `raw` <label> @ref // /* */ \\ \\u{1} 'q' {} [] = - + ~"""
)


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A paper that prints one text in a box of ordinary width."""
    layout = documents.PACKAGE / "commons/documents/layout.typ"
    (tmp_path / "layout.typ").write_text(layout.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "plain.typ").write_text(
        '#import "layout.typ": *\n#show: paper.with(title: data.title)\n#fitting(data.text)\n'
    )
    monkeypatch.setattr(documents, "PACKAGE", tmp_path)
    return "plain.typ"


def printed(template: str, text: str, **more: Any) -> str:
    """What somebody who reads the paper finds on it, without the breaks of lines."""
    pdf = render(template, {"title": "t", "text": text, **more}, made_on=DAY)
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return words.replace("\n", "").replace("\u200b", "")


def test_text_with_the_signs_of_typst_is_printed_as_it_stands(plain: str) -> None:
    assert printed(plain, HOSTILE).replace(" ", "") == HOSTILE.replace(" ", "")


@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
@example('#read("/site/settings.py")')
@example('"; #import "x"')
def test_no_value_is_ever_read_as_markup(text: str) -> None:
    template = "admissions/documents/school_list.typ"
    data = {"title": text, "bureau": "b", "under": "", "warning": "", "page_word": ""}
    pdf = render(template, {**data, "columns": ["a"], "rows": [[text]]}, made_on=DAY)
    assert PdfReader(io.BytesIO(pdf)).metadata.title == text  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["王" * 400, "A" * 400, "阿·" * 200])
def test_a_text_of_any_length_breaks_before_the_edge_of_the_paper(plain: str, text: str) -> None:
    pdf = render(plain, {"title": "t", "text": text}, made_on=DAY)
    lines = PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\u200b", "").splitlines()
    assert sum(map(len, lines)) >= 2
    assert max(map(len, lines)) <= 80  # 156 mm at two thirds of the size


def test_the_same_values_give_the_same_bytes_on_the_same_date_only(plain: str) -> None:
    data = {"title": "t", "text": "王一涵"}
    first = render(plain, data, made_on=DAY)
    assert render(plain, dict(reversed(data.items())), made_on=DAY) == first
    assert render(plain, data, made_on=date(2026, 7, 6)) != first


def test_a_paper_says_its_language_and_title(plain: str) -> None:
    with translation.override("zh-hans"):
        pdf = PdfReader(io.BytesIO(render(plain, {"title": "书", "text": "字"}, made_on=DAY)))
    assert str(pdf.root_object["/Lang"]).startswith("zh")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "书"
    assert "/StructTreeRoot" in pdf.root_object  # tagged: read aloud in the right order


def test_a_character_that_no_font_has_is_refused_and_named(plain: str) -> None:
    with pytest.raises(MissingCharacters, match=r"U\+20BB7.*JUNHENG_FONTS"):
        render(plain, {"title": "t", "text": f"王{RARE}"}, made_on=DAY)


def test_or_it_becomes_a_line_to_write_on(plain: str) -> None:
    assert writable(f"王{RARE}涵") == f"王{BLANK}涵"
    assert printed(plain, writable(f"王{RARE}涵")) == f"王{BLANK}涵"


def test_signs_that_show_nothing_do_not_count_as_missing() -> None:
    assert documents.unprintable("a\u200b\ufe00\u2060\n王") == []


def test_missing_fonts_are_a_sentence_that_says_what_to_do(
    settings: Settings, tmp_path: Path
) -> None:
    settings.NODE_MODULES = tmp_path
    with pytest.raises(NoFonts, match="npm ci"):
        render("admissions/documents/letters.typ", {}, made_on=DAY)


def test_an_empty_folder_of_the_bureaus_own_is_told_too(settings: Settings, tmp_path: Path) -> None:
    settings.FONTS = str(tmp_path)
    with pytest.raises(NoFonts, match=str(tmp_path)):
        fonts.of_house()


def test_a_font_of_the_bureau_is_taken_before_ours(
    settings: Settings, tmp_path: Path, plain: str
) -> None:
    own = tmp_path / "fonts"
    own.mkdir()
    _fangsong(Path(settings.NODE_MODULES), own / "own.ttf")
    settings.FONTS = str(own)
    assert fonts.families()["body"] == ["FangSong", fonts.SERIF]
    pdf = PdfReader(io.BytesIO(render(plain, {"title": "t", "text": "王"}, made_on=DAY)))
    resources: Any = pdf.pages[0]["/Resources"]
    names = [str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()]
    assert [name for name in names if "FangSong" in name]


def _fangsong(modules: Path, target: Path) -> None:
    """A font called FangSong, made from ours: those with that name may not be handed on."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    path = modules / "@expo-google-fonts" / "noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf"
    with TTFont(path) as font:
        subsetter = Subsetter(Options(name_IDs=["*"]))
        subsetter.populate(text="王t—1 ")
        subsetter.subset(font)
        for record in font["name"].names:
            if record.nameID in {1, 4, 6, 16}:
                record.string = "FangSong"
        font.save(target)


def test_a_qr_code_has_its_quiet_zone_and_no_size_of_its_own() -> None:
    code = qr_svg("https://example.test/letters/verify/AL-2026-7KQ4-9XMFY?s=K7Q2M4XPVD3FHJ2A")
    assert 'viewBox="0 0 45 45"' in code  # version 5: 37 modules and 4 on each side
    assert "width=" not in code.split(">")[0].replace("stroke-width", "")


def test_nothing_but_json_goes_into_a_template(plain: str) -> None:
    with pytest.raises(TypeError):
        render(plain, {"title": DAY}, made_on=DAY)
