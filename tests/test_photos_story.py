"""A family sends a photo in over a bad line; the officer looks at it."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from junheng.accounts.tests import cast
from junheng.admissions.tests.applying import builders
from junheng.commons.models import Upload
from junheng.commons.uploads.shelf import photo_of, photo_path
from junheng.commons.worker import work_off
from tests.browser import PHONE, Open, Visit

pytestmark = pytest.mark.django_db(transaction=True)
PDF: Any = {"name": "paper.pdf", "mimeType": "application/pdf"}


def paper(folder: Path) -> Path:
    """A large photo with grain in it and the camera's name behind it."""
    grain = Image.frombytes("L", (750, 500), random.Random(4).randbytes(750 * 500))
    picture = Image.merge("RGB", [grain.point(lambda v: 180 + v // 6)] * 3).resize((3000, 2000))
    exif = Image.Exif()
    exif[0x010F] = "Camera of Wang"
    picture.save(folder / "户口本.jpg", quality=92, exif=exif)
    return folder / "户口本.jpg"


class Line:
    """A line that lets one piece through and then breaks."""

    def __init__(self) -> None:
        self.broken, self.asked = True, list[str]()

    def __call__(self, route: Route) -> None:
        method = route.request.method
        self.asked.append(method)
        if method == "PATCH" and self.broken and self.asked.count("PATCH") > 1:
            route.abort()
        else:
            route.continue_()


def choose(window: Visit, file: Path) -> None:
    window.page.set_input_files("#upload-files", file)


def test_a_photo_arrives_over_a_bad_line(
    visit: Open, tmp_path: Path, settings: Any, chinese_type: Any
) -> None:
    settings.STORAGE_ROOT = tmp_path / "files"
    li, family = cast.li(), builders.family()
    application = builders.applied(builders.taking(li, cast.wu()), family)
    photo, line = paper(tmp_path), Line()
    window = visit(PHONE).come_in(family)
    window.page.route("**/uploads/*/", line)
    window.go(f"/apply/numbers/{application.number}/")
    choose(window, photo)
    expect(window.page.locator(".upload-row")).to_contain_text("正在上传")
    window.page.wait_for_timeout(1500)
    begun = Upload.objects.get()
    assert 0 < begun.received < begun.length <= 300 * 1024
    window.expect_fault("ERR_FAILED")

    line.broken = False
    window.go(f"/apply/numbers/{application.number}/")
    expect(window.page.locator(".upload-row")).to_contain_text("未传完")
    choose(window, photo)
    expect(window.page.locator(".upload-row").last).to_contain_text("检查中")
    assert "HEAD" in line.asked
    work_off()
    row = window.page.locator(".upload-row")
    expect(row).to_contain_text("已收到")  # one row: it went on, it did not begin again
    window.fine().shot(tmp_path / "family.png")

    plain = visit(PHONE, java_script_enabled=False).come_in(family)
    plain.page.goto(f"{plain.base}/apply/numbers/{application.number}/")
    plain.page.set_input_files("#upload-files", {**PDF, "buffer": b"%PDF-1.7"})
    plain.page.click("[data-upload-send]")
    work_off()
    plain.page.reload()
    expect(plain.page.locator(".upload-row").last).to_contain_text("不接收 PDF")
    plain.page.locator(".upload-row").last.get_by_role("button").click()
    expect(plain.page.locator(".upload-row")).to_have_count(1)

    kept = Upload.objects.get(state="ready")
    stored = photo_of(kept.pk, kept.sha256)
    assert not photo_path(kept.pk).read_bytes().startswith(stored[:3])
    assert b"Camera of Wang" not in stored
    assert max(Image.open(io.BytesIO(stored)).size) == 2000
    officer = visit().come_in(li).go(f"/rounds/applications/{application.number}/")
    officer.fine().shot(tmp_path / "officer.png")
    officer.page.goto(officer.base + row.locator("[data-name] a").get_attribute("href"))
    assert officer.page.evaluate("document.contentType") == "image/jpeg"
