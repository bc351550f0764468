"""Fields as families see them: each with its label, its help and what is wrong with it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import translation

from junheng.admissions.web.apply_forms import PageForm

EVIL = '<b onclick="x">&'


class Asked(PageForm):
    hangs_on: ClassVar = {"number": "tick"}
    name = forms.CharField(label=EVIL, help_text=EVIL)
    tick = forms.BooleanField(label=EVIL, required=False)
    number = forms.CharField(label="Number", required=False)
    more = forms.CharField(label="More", required=False)
    place = forms.ChoiceField(label="Where", choices=[("a", EVIL)], widget=forms.RadioSelect)


def drawn(data: dict[str, Any] | None = None) -> str:
    with translation.override("en"):
        return str(Asked(data).rows)


def test_every_field_has_its_label() -> None:
    html = drawn()
    for name in ("name", "tick", "number", "more"):
        assert f'for="id_{name}"' in html
        assert f'id="id_{name}"' in html
    assert '<legend class="form-label">Where</legend>' in html
    assert 'for="id_place_0"' in html


def test_what_may_be_left_out_says_so_but_not_what_hangs_on_a_tick() -> None:
    assert drawn().count("(if there is one)") == 1
    assert '<div class="mb-3 hangs-on"><label class="form-label" for="id_number">' in drawn()


def test_help_and_errors_are_told_to_whoever_does_not_see_them() -> None:
    html = drawn({"tick": "on"})
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert '<div class="form-text" id="id_name_helptext">' in html
    assert html.count('class="invalid-feedback"') == 2
    assert 'id="id_place_error"' in html


def test_nothing_is_read_as_markup() -> None:
    assert "<b" not in drawn({"name": EVIL})
    assert drawn().count("&lt;b onclick=&quot;x&quot;&gt;&amp;") == 4
