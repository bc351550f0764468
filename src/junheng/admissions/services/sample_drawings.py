"""Samples of the usual papers, drawn by the program: invented from end to end, and marked so.

They show a family what kind of paper is meant and which page. They imitate no seal, no emblem and
no lettering of a real one; a bureau puts its own picture in their place.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from junheng.commons.documents.fonts import NoFonts

SIZE = (1000, 700)
INK, FRAME, PAPER, MARK = "#1f2d3d", "#8a98a8", "#fbfaf5", (200, 60, 50, 80)
FONT = "@expo-google-fonts/noto-sans-sc/600SemiBold/NotoSansSC_600SemiBold.ttf"
MARKED = "示例 SAMPLE"
LEFT, TOP, STEP = 90, 190, 76
INVENTED = "990100200001010000"
LINES: dict[str, tuple[str, ...]] = {
    "household": ("户主：示例甲", "与户主关系：子", "姓名：示例乙", "住址：示例县示例路 0 号"),
    "guardianship": ("新生儿：示例乙", "母亲：示例丙", "父亲：示例甲", "出生地：示例县"),
    "house": (
        "权利人：示例甲",
        "坐落：示例县示例路 0 号",
        "用途：住宅",
        "编号：示例字第 0000000 号",
    ),
    "residence": ("姓名：示例甲", "居住地：示例县示例路 0 号", "有效期：0000 年 00 月 00 日"),
    "work": ("单位：示例公司", "姓名：示例甲", "参保地：示例县", "自 0000 年 00 月起"),
    "special_need": ("姓名：示例乙", "类别：示例", "评估机构：示例医院"),
}
"""What stands on the paper that proves a matter; the names are those of nobody."""


def drawn(matter: str, name: str) -> bytes:
    """A sample of a paper as PNG.

    Args:
        matter: Code of what it proves; an unknown one gets a paper without lines.
        name: What it is called on the list.

    Raises:
        NoFonts: If the type for Chinese is not there.
    """
    sheet = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((30, 30, SIZE[0] - 30, SIZE[1] - 30), outline=FRAME, width=4)
    pen.text((SIZE[0] / 2, 105), name, fill=INK, font=_type(44), anchor="mm")
    _fill_in(pen, (*LINES.get(matter, ()), f"证件号码：{INVENTED}"))
    out = io.BytesIO()
    Image.alpha_composite(sheet.convert("RGBA"), _mark()).convert("RGB").save(out, "PNG")
    return out.getvalue()


def _fill_in(pen: ImageDraw.ImageDraw, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines):
        at = TOP + number * STEP
        pen.text((LEFT, at), line, fill=INK, font=_type(32))
        pen.line((LEFT, at + 52, SIZE[0] - LEFT, at + 52), fill=FRAME, width=2)


def _mark() -> Image.Image:
    """The word for a sample across the whole paper, so that no part of it can be used."""
    layer = Image.new("RGBA", (1400, 1400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(layer)
    for row in range(7):
        pen.text((row % 2 * 160, row * 210), (MARKED + "   ") * 4, fill=MARK, font=_type(84))
    turned = layer.rotate(24)
    left, top = (turned.width - SIZE[0]) // 2, (turned.height - SIZE[1]) // 2
    return turned.crop((left, top, left + SIZE[0], top + SIZE[1]))


def _type(size: int) -> ImageFont.FreeTypeFont:
    file = Path(settings.NODE_MODULES) / FONT
    if not file.exists():
        raise NoFonts(str(file))
    return ImageFont.truetype(str(file), size)
