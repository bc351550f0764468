"""Lists of one school year: which years there are, and the one that was asked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpResponseBase

from junheng.accounts.facade import StaffRequest
from junheng.commons.web.lists import ListPage


class YearListPage(ListPage):
    """A list under `year/<year>/`, or without a year; one that is not offered does not exist."""

    request: StaffRequest
    years: Collection[int]
    year: int | None

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.choose(kwargs.get("year"))
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.choose(kwargs.get("year"))
        return super().post(request, *args, **kwargs)

    def choose(self, year: int | None) -> None:
        """Take the year that was asked for, or what stands for none."""
        self.years = self.offered()
        if year is not None and year not in self.years:
            raise Http404
        self.year = self.unasked() if year is None else year

    def offered(self) -> Collection[int]:
        """The years that somebody may ask for."""
        raise NotImplementedError

    def unasked(self) -> int | None:
        """What is shown where no year is asked for."""
        return None
