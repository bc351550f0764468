"""Parts of pages that are drawn once: the same for all, and nothing of anybody in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils import translation
from pytest_django import Settings

LOAD = "{% load i18n furniture %}"


def template(source: str) -> Any:
    return engines["django"].from_string(LOAD + source)


def drawn(made: Any, **context: Any) -> str:
    request = RequestFactory().get("/of/somebody/")
    request.COOKIES |= context.pop("cookies", {})
    return str(made.render(context, request))


class Counted:
    """Says how often it was looked at."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return "here"

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted)


def test_it_is_drawn_once_for_equal_values() -> None:
    made, first, second = template(GIVEN), Counted(), Counted()
    assert drawn(made, it=first) == drawn(made, it=second) == "[here]"
    assert (first.times, second.times) == (1, 0)


GIVEN = "{% drawn_once with it=it %}[{{ it }}]{% enddrawn_once %}"


def test_another_value_is_drawn_anew_and_lists_count_as_what_is_in_them() -> None:
    made = template(GIVEN)
    assert [drawn(made, it=[n]) for n in (1, 2, 1)] == ["[(1,)]", "[(2,)]", "[(1,)]"]


def test_each_language_and_each_type_size_has_its_own() -> None:
    shown = "{% translate 'Save' %} {{ house.large_type }}"
    made = template("{% drawn_once %}" + shown + "{% enddrawn_once %}")
    with translation.override("en"):
        assert drawn(made) == "Save False"
        assert drawn(made, cookies={"junheng_large_type": "1"}) == "Save True"
    with translation.override("zh-hans"):
        assert drawn(made) == "保存 False"


def test_another_name_of_the_bureau_is_seen_at_once(settings: Settings) -> None:
    made = template("{% drawn_once %}{{ house.bureau }}{% enddrawn_once %}")
    settings.BUREAU_NAME = "Yunhuai"
    assert drawn(made) == "Yunhuai"
    settings.BUREAU_NAME = "Qinghe"
    assert drawn(made) == "Qinghe"


def test_nothing_of_a_request_or_a_page_is_seen_inside() -> None:
    seen = "{{ request.path }}{{ user }}{{ csrf_token }}{{ csp_nonce }}{{ name }}"
    made = template("{% drawn_once %}[" + seen + "]{% enddrawn_once %}")
    assert drawn(made, name="Zhao") == "[]"


def test_what_was_given_stays_escaped() -> None:
    assert drawn(template(GIVEN), it="<b>") == "[&lt;b&gt;]"


@pytest.mark.parametrize(
    "source",
    [
        "{% drawn_once %}<form>{% csrf_token %}</form>{% enddrawn_once %}",
        "{% drawn_once with it=it and more %}{% enddrawn_once %}",
        "{% drawn_once it %}{% enddrawn_once %}",
    ],
)
def test_a_token_inside_and_values_without_a_name_are_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        template(source)


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("junheng.commons.drawn_once.MOST", 2)
    made = template(GIVEN)
    assert [drawn(made, it=n) for n in range(5)] == [f"[{n}]" for n in range(5)]
    (node,) = [n for n in made.template.nodelist if hasattr(n, "_known")]
    assert len(node._known) <= 2
