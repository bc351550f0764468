"""Nothing but the pixels of a picture is kept, and a bomb is not opened."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from junheng.commons.models import Upload
from junheng.commons.tests.uploads.builders import photo
from junheng.commons.uploads.pictures import LONGEST_SIDE, Unsafe, made_safe

Reason = Upload.Reason
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def png_that_claims(width: int, height: int) -> bytes:
    """A small file whose header promises a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))
        )

    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_jpeg_of_the_same_size(kind: str) -> None:
    made = opened(made_safe(photo(kind=kind)))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", (240, 160))


def test_a_large_photo_becomes_smaller_and_keeps_its_shape() -> None:
    assert opened(made_safe(photo((4000, 3000)))).size == (LONGEST_SIDE, 1500)


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Wang"
    data = photo(exif=exif, comment=b"at home", dpi=(300, 300))
    assert b"Camera of Wang" in data
    assert b"at home" in data
    made = made_safe(data)
    assert b"Camera of Wang" not in made
    assert b"at home" not in made
    assert (opened(made).size, dict(opened(made).getexif())) == ((160, 240), {})


def test_what_is_transparent_becomes_paper() -> None:
    data = photo(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0))
    assert opened(made_safe(data)).getpixel((9, 9)) == (255, 255, 255)


@pytest.mark.parametrize(
    "mode", ["L", "P", "1", "LA", "I;16", "CMYK"], ids=lambda mode: f"mode {mode}"
)
def test_pictures_of_every_depth_are_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    colour = (9, 9, 9, 9) if mode == "CMYK" else (9, 255) if mode == "LA" else 1
    assert opened(made_safe(photo(kind=kind, mode=mode, colour=colour))).mode == "RGB"


@pytest.mark.parametrize(
    "tail", [SCRIPT, b"PK\x03\x04" + b"evil.exe" * 20, b"%PDF-1.7 /JavaScript"], ids=str
)
def test_a_second_file_behind_a_picture_is_gone(tail: bytes) -> None:
    made = made_safe(photo() + tail)
    assert tail[:8] not in made


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(SVG, Reason.NOT_A_PICTURE, id="SVG with a script"),
        pytest.param(b"MZ\x90\0" * 99, Reason.NOT_A_PICTURE, id="a program"),
        pytest.param(b"\n" + SCRIPT, Reason.NOT_A_PICTURE, id="a page"),
        pytest.param(b"", Reason.NOT_A_PICTURE, id="nothing"),
        pytest.param(photo(kind="GIF"), Reason.NOT_A_PICTURE, id="GIF"),
        pytest.param(photo(kind="TIFF"), Reason.NOT_A_PICTURE, id="TIFF"),
        pytest.param(photo(kind="BMP"), Reason.NOT_A_PICTURE, id="BMP"),
        pytest.param(b"%PDF-1.7\n" + photo(), Reason.PDF, id="PDF with a picture behind"),
        pytest.param(photo(kind="PDF"), Reason.PDF, id="PDF"),
        pytest.param(png_that_claims(60_000, 60_000), Reason.TOO_MANY_PIXELS, id="bomb"),
        pytest.param(png_that_claims(5_100, 5_000), Reason.TOO_MANY_PIXELS, id="PNG too large"),
        pytest.param(png_that_claims(3_000, 3_000), Reason.DAMAGED, id="pixels that never come"),
        pytest.param(photo((3000, 2000))[:900], Reason.DAMAGED, id="cut off"),
        pytest.param(photo((240, 60)), Reason.TOO_SMALL, id="too small"),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(data: bytes, reason: Upload.Reason) -> None:
    with pytest.raises(Unsafe) as refused:
        made_safe(data)
    assert refused.value.reason == reason
