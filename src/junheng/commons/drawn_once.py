"""Parts of pages that are the same for all readers: drawn once per process, not at every page.

    {% drawn_once %}<link rel="stylesheet" href="{% static 'x.css' %}">{% enddrawn_once %}
    {% drawn_once with steps=steps current=step %}<c-steps …/>{% enddrawn_once %}

What stands inside sees the house (names, type size), the language and what is named after `with`,
and nothing else: no request, no person. So nothing of one reader can get onto another's page.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

END = "enddrawn_once"
MOST = 200
"""Drawings kept of one place in a template; beyond that all of them are made anew."""


class DrawnOnce(Node):
    """Remembers how it looked, by language, house and the values it was given."""

    def __init__(self, nodelist: NodeList, given: Mapping[str, FilterExpression]) -> None:
        self.nodelist, self._given = nodelist, given
        self._known: dict[Hashable, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        seen = {name: _fixed(value.resolve(context)) for name, value in self._given.items()}
        seen["house"] = context.get("house")
        key = (get_language(), *seen.values())
        drawn = self._known.get(key)
        if drawn is None:
            drawn = self._draw(seen, context)
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = drawn
        return drawn

    def _draw(self, seen: dict[str, Any], context: Context) -> SafeString:
        alone, template = Context(seen), context.template
        assert template is not None  # noqa: S101 -- it is being rendered
        with alone.bind_template(template):
            return self.nodelist.render(alone)


def _fixed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def drawn_once(parser: Parser, token: Token) -> DrawnOnce:
    """The tag; what is given to it must be hashable, lists of such are.

    Raises:
        TemplateSyntaxError: For a token inside: it belongs to one reader.
    """
    bits = token.split_contents()[1:]
    given = token_kwargs(bits[1:], parser) if bits[:1] == ["with"] else {}
    if len(bits) != (len(given) + 1 if given else 0):
        raise TemplateSyntaxError("drawn_once is given its values as: with name=value")
    nodelist = parser.parse((END,))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(CsrfTokenNode):
        raise TemplateSyntaxError("a token belongs to one reader and is not drawn once")
    return DrawnOnce(nodelist, given)
