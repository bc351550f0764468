"""Papers that people go on working on: an A4 document for Word, from headings and tables.

    paper = Paper(title, made_by=bureau, made_on=day)
    paper.line(_("As on %s") % day)
    paper.heading(_("Pupils"))
    paper.table([_("Level"), _("Pupils")], [["Primary level", "7"]])
    data = paper.data()

The same input gives the same bytes: the file carries the day it is about, and no clock. Type is
named and not embedded; Word puts the reader's own in place of what is missing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import translation
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SONG, HEI = "\u5b8b\u4f53", "\u9ed1\u4f53"
"""The type of text and of headings in official papers, by the names that Word knows."""
LATIN = "Times New Roman"
A4 = (Cm(21.0), Cm(29.7))
MARGINS = {"top_margin": 2.5, "bottom_margin": 2.2, "left_margin": 2.2, "right_margin": 2.0}
BODY, SMALL, TITLE, HEADING = Pt(10.5), Pt(9), Pt(18), Pt(13)
INK = RGBColor(0, 0, 0)
FIRST_COLUMN = 1.9
"""How many times as wide as the others the column is that names each line."""
EPOCH = (1980, 1, 1, 0, 0, 0)


class Paper:
    """A document that grows from top to bottom.

    Args:
        title: Stands large at its head, and in its properties.
        made_by: Who gives it out.
        made_on: The day that it carries as its date.
    """

    def __init__(self, title: str, *, made_by: str, made_on: date) -> None:
        self.file: Any = Document()
        self._page()
        self._styles()
        about = self.file.core_properties
        about.title, about.author, about.last_modified_by = title, made_by, made_by
        about.comments = ""
        about.created = about.modified = datetime.combine(made_on, time())
        about.language = translation.get_language() or "zh-hans"
        self.line(title, size=TITLE, heading=True, centred=True)
        self._foot(f"{made_by} · {title}")

    def line(
        self, text: str, *, size: Pt = BODY, heading: bool = False, centred: bool = False
    ) -> None:
        """A paragraph of its own."""
        paragraph = self.file.add_paragraph()
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _typed(paragraph.add_run(text), size, HEI if heading else SONG, bold=heading)

    def heading(self, text: str) -> None:
        """The head of a part; it stays with what comes after it."""
        self.file.add_heading(text, level=1)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first column names the lines; its header is repeated on every page."""
        table = self.file.add_table(rows=0, cols=len(headers), style="Table Grid")
        table.autofit = False
        self._row(table, headers, bold=True)
        _repeat(table.rows[0])
        for row in rows:
            self._row(table, row, bold=False)
        for column, width in zip(table.columns, self._widths(len(headers)), strict=True):
            column.width = width
            for cell in column.cells:
                cell.width = width

    def note(self, text: str) -> None:
        """How figures are counted, in small type."""
        self.line(text, size=SMALL)

    def data(self) -> bytes:
        """The document as a file."""
        raw = io.BytesIO()
        self.file.save(raw)
        return _without_clock(raw.getvalue())

    def _row(self, table: Any, cells: Sequence[str], *, bold: bool) -> None:
        row = table.add_row()
        _whole(row)
        for number, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _typed(paragraph.add_run(text), SMALL, HEI if bold else SONG, bold=bold)

    def _widths(self, columns: int) -> list[Any]:
        page = A4[0] - Cm(MARGINS["left_margin"]) - Cm(MARGINS["right_margin"])
        each = int(page / (columns - 1 + FIRST_COLUMN))
        return [page - each * (columns - 1), *[each] * (columns - 1)]

    def _page(self) -> None:
        section = self.file.sections[0]
        section.page_width, section.page_height = A4
        for name, width in MARGINS.items():
            setattr(section, name, Cm(width))

    def _styles(self) -> None:
        for name, size, face in (("Normal", BODY, SONG), ("Heading 1", HEADING, HEI)):
            style = self.file.styles[name]
            style.font.size, style.font.name, style.font.color.rgb = size, LATIN, INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for part in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{part}"), None)
            fonts.set(qn("w:ascii"), LATIN)
            fonts.set(qn("w:hAnsi"), LATIN)
            fonts.set(qn("w:eastAsia"), face)

    def _foot(self, text: str) -> None:
        """Who and what on every page, with its number."""
        paragraph = self.file.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _typed(paragraph.add_run(f"{text} · "), SMALL, SONG)
        run = paragraph.add_run()
        _typed(run, SMALL, SONG)
        for kind, instruction in (("begin", ""), ("", "PAGE"), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            part.text = instruction
            run._r.append(part)


def _typed(run: Any, size: Pt, face: str, *, bold: bool = False) -> None:
    run.font.size, run.font.name, run.bold = size, LATIN, bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _repeat(row: Any) -> None:
    _mark(row, "w:tblHeader")


def _whole(row: Any) -> None:
    """No line is torn apart between two pages."""
    _mark(row, "w:cantSplit")


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _without_clock(data: bytes) -> bytes:
    """The same file with one time for all its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(part.filename))
    return made.getvalue()
