"""Pictures that people bring are written anew, or refused in words."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from junheng.commons.photos import NotAPicture, written_anew


def picture(form: str = "PNG", size: tuple[int, int] = (40, 20), **extra: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **extra)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_whatever_comes_goes_out_as_jpeg(form: str) -> None:
    assert written_anew(picture(form)).startswith(b"\xff\xd8\xff")


def test_it_is_made_small_upright_and_without_what_came_with_it() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "where it was taken"
    out = written_anew(picture("JPEG", (800, 400), exif=exif), longest=100)
    with Image.open(io.BytesIO(out)) as made:
        assert made.size == (50, 100)
        assert not made.getexif()
    assert b"where it was taken" not in out


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"GIF89a" + b"\0" * 40,
        b"%PDF-1.7",
        picture()[:60],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    ],
    ids=["nothing", "svg", "gif", "pdf", "cut off", "damaged"],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        written_anew(data)


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    bomb = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(bomb, "PNG")
    with pytest.raises(NotAPicture):
        written_anew(bomb.getvalue())
    with pytest.raises(NotAPicture):
        written_anew(b"x" * 12_000_001)
