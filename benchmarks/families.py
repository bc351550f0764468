"""Families on admission morning, for locust: each makes the whole journey, again and again.

Started by `python -m benchmarks.admission_morning`; by hand: `locust -f benchmarks/families.py`. A
journey is 15 requests: telephone, code, notice, child, home, guardian, check, number. What a
family was shown is written to a file, so that it can be compared with what the site has. With
JUNHENG_BENCH_PHOTOS=20 one family in twenty sends three photos in afterwards, in pieces as a
telephone does.
"""

from __future__ import annotations

import io
import itertools
import os
import random
import re
import threading
import time
from pathlib import Path

from locust import FastHttpUser, constant, events, task
from locust.contrib.fasthttp import FastResponse
from locust.env import Environment
from PIL import Image
from stdnum.cn import ric

ROUND = os.environ.get("JUNHENG_BENCH_ROUND", "/apply/990100/2027-g1/")
SHOWN = Path(os.environ.get("JUNHENG_BENCH_SHOWN", "shown.txt"))
VILLAGES = os.environ.get("JUNHENG_BENCH_VILLAGES", "").split(",")
FIRST = int(os.environ.get("JUNHENG_BENCH_FIRST", "0"))
"""Where this run's numbers begin: nobody is born twice."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CODE = re.compile(r'id="demo-code">(\d+)<')
NUMBER = re.compile(r'number-large">([A-Z0-9-]+)<')
WISH = re.compile(r'name="(wish_\d+)".*?value="([^"]+)"[^>]*selected', re.DOTALL)
WAITING = "data-waiting"
TICKET = re.compile(r'name="ticket" value="([^"]+)"')
UPLOADS = re.compile(r'data-uploads="([^"]+)"')
PHOTOS_EVERY = int(os.environ.get("JUNHENG_BENCH_PHOTOS", "0"))
PHOTOS, PIECE = 3, 128 * 1024
LOTTERY_EVERY = 10
"""One family in ten names a private school, too, which takes it a page more."""

turns = itertools.count(FIRST)
lock = threading.Lock()


class Lost(Exception):
    """The journey ended where it should not."""


def identity(turn: int) -> str:
    """An invented number of a child born within the round's year, another one for each turn."""
    day = time.strftime("%Y%m%d", time.gmtime(1_567_296_000 + turn % 600 * 86_400))
    digits = f"990100{day}{turn // 600 % 1000:03}"
    return digits + str(ric.calc_check_digit(digits + "0"))


def photo() -> bytes:
    """A photo of a paper as a telephone sends it: made small, some 300 KiB."""
    noise = Image.effect_noise((400, 300), 60).resize((2000, 1500))
    held = io.BytesIO()
    noise.convert("RGB").save(held, "JPEG", quality=70)
    return held.getvalue()


PHOTO = photo() if PHOTOS_EVERY else b""


class Family(FastHttpUser):
    """A family that applies, and then another one at the same place."""

    wait_time = constant(0)
    network_timeout = connection_timeout = 60.0

    @task
    def journey(self) -> None:
        with lock:
            turn = next(turns)
        began = time.perf_counter()
        address = f"10.{turn >> 16 & 255}.{turn >> 8 & 255}.{turn & 255}"
        self.client.cookiejar.clear()
        self.headers = {"X-Forwarded-For": address, "Accept-Language": "zh-hans"}
        try:
            number = self._apply(turn, self._sign_in(turn))
        except Lost as lost:
            if str(lost).startswith("0 at"):
                time.sleep(1)  # nobody answers: people try again in a moment
            self.environment.events.request.fire(
                request_type="JOURNEY",
                name="whole journey",
                response_time=(time.perf_counter() - began) * 1000,
                response_length=0,
                exception=lost,
                context={},
            )
            return
        with lock, SHOWN.open("a") as file:
            file.write(f"{number} {identity(turn)}\n")
        self.environment.events.request.fire(
            request_type="JOURNEY",
            name="whole journey",
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=None,
            context={},
        )

    def _sign_in(self, turn: int) -> FastResponse:
        address = f"/accounts/phone/?next={ROUND}"
        self._get(address, "telephone")
        page = self._post(address, {"phone": f"199{turn:08}"}, "telephone")
        while ticket := TICKET.search(page.text):  # the page sends itself again on their turn
            time.sleep(2)
            again = {"phone": f"199{turn:08}", "ticket": ticket[1]}
            page = self._post(address, again, "telephone, waited")
        found = CODE.search(page.text)
        if not found:
            raise Lost(f"no code at {where(page)}")
        return self._post(page.url, {"code": found[1], **token(page.text)}, "code")

    def _apply(self, turn: int, page: FastResponse) -> str:
        page = self._post(ROUND, {"agreed": "1", **token(page.text)}, "notice")
        child = {"name": "王小涵", "document": "resident_id", "number": identity(turn)}
        page = self._post(page.url, {**child, **token(page.text)}, "child")
        home = {
            "village": random.choice(VILLAGES),
            "address": f"东街 {turn} 号",
            "household": "on",
        }
        if turn % LOTTERY_EVERY == 0:
            home["lottery"] = "on"
        page = self._post(page.url, {**home, **token(page.text)}, "home")
        guardian = {
            "name": "王大明",
            "relation": "father",
            "document": "other",
            "number": f"P{turn:08}",
            "phone": f"199{turn:08}",
        }
        page = self._post(page.url, {**guardian, **token(page.text)}, "guardian")
        while "/wishes/" in page.url:  # or where a zone has several schools: as they stand
            wishes = dict(WISH.findall(page.text))
            page = self._post(page.url, {**wishes, **token(page.text)}, "wishes")
        page = self._post(page.url, {"declared": "1", **token(page.text)}, "check")
        found = NUMBER.search(page.text)
        if not found:
            raise Lost(f"no number at {where(page)}")
        if PHOTOS_EVERY and turn % PHOTOS_EVERY == 0:
            self._send_photos(page)
        return found[1]

    def _send_photos(self, page: FastResponse) -> None:
        """Three photos, piece by piece (tus)."""
        shown = UPLOADS.search(page.text)
        if not shown:
            raise Lost("no place for photos")
        door, csrf = shown[1], token(page.text)["csrfmiddlewaretoken"]
        always = {**self.headers, "Tus-Resumable": "1.0.0", "X-CSRFToken": csrf, "Referer": door}
        for _photo in range(PHOTOS):
            begun = self.client.post(
                door, headers={**always, "Upload-Length": str(len(PHOTO))}, name="photo"
            )
            if begun.status_code != 201:
                raise Lost(f"{begun.status_code} for a photo")
            for offset in range(0, len(PHOTO), PIECE):
                told = self.client.patch(
                    begun.headers["Location"],
                    data=PHOTO[offset : offset + PIECE],
                    headers={
                        **always,
                        "Upload-Offset": str(offset),
                        "Content-Type": "application/offset+octet-stream",
                    },
                    name="photo, a piece",
                )
                if told.status_code != 204:
                    raise Lost(f"{told.status_code} for a piece")

    def _get(self, path: str, name: str) -> FastResponse:
        return self._sound(self.client.get(path, name=name, headers=self.headers))

    def _post(self, path: str, data: dict[str, str], name: str) -> FastResponse:
        headers = {**self.headers, "Referer": path}
        with self.client.post(
            path, data=data, name=f"{name} ↵", headers=headers, catch_response=True
        ) as answer:
            if WAITING in (answer.text or ""):
                answer.success()  # a place in the queue is an answer
        return self._sound(answer)

    def _sound(self, answer: FastResponse) -> FastResponse:
        if answer.status_code != 200 and WAITING not in (answer.text or ""):
            raise Lost(f"{answer.status_code} at {answer.url}")
        return answer


def where(page: FastResponse) -> str:
    """Address without what is different for everybody, and the page's title."""
    title = re.search(r"<title>([^<]*)", page.text or "")
    path = re.sub(r"[0-9a-f-]{36}|AP-[0-9A-Z-]+", "…", str(page.url))
    return f"{path} {title[1].split()[0] if title else ''}"


def token(page: str) -> dict[str, str]:
    """What a form has to send back."""
    found = TOKEN.search(page)
    if not found:
        raise Lost("no form")
    return {"csrfmiddlewaretoken": found[1]}


@events.test_stop.add_listener
def told(environment: Environment, **_kwargs: object) -> None:
    """One line that the benchmark reads."""
    journeys = environment.stats.get("whole journey", "JOURNEY")
    print(f"journeys {journeys.num_requests} failed {journeys.num_failures}", flush=True)
