"""The OpenAPI description of the stand-in as a page that one can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}}
th,td{{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top}}
code{{background:#f3f3f3;padding:0 .2rem;overflow-wrap:anywhere}}</style></head>
<body><h1>{title}</h1><p>{about}</p><p><a href="/openapi.json">openapi.json</a></p>{paths}
<h2>{faults_title}</h2><form method="post" action="/faults">{faults}</form></body></html>"""


def page(described: Mapping[str, Any], faults: Sequence[str], now: str) -> str:
    """The page.

    Args:
        described: The OpenAPI description.
        faults: What can be switched on.
        now: What is switched on.
    """
    info = described["info"]
    words: Mapping[str, str] = described["x-faults"]
    return PAGE.format(
        title=escape(info["title"]),
        about=escape(info["description"]),
        paths="".join(_path(path, ways["post"]) for path, ways in described["paths"].items()),
        faults_title=escape(words["title"]),
        faults=" ".join(_button(kind, words[kind], chosen=kind == now) for kind in faults),
    )


def _path(path: str, way: Mapping[str, Any]) -> str:
    asked = way["requestBody"]["content"]["application/json"]["schema"]
    said = way["responses"]["200"]["content"]["application/json"]["schema"]
    person = asked["properties"]["people"]["items"]["properties"]
    row = said["properties"]["data"]["properties"]["rows"]["items"]["properties"]
    return (
        f"<h2><code>POST {escape(path)}</code> {escape(way['summary'])}</h2>"
        f"{_table('people[]', person)}{_table('data.rows[]', row)}"
    )


def _table(title: str, fields: Mapping[str, Mapping[str, str]]) -> str:
    head = f"<thead><tr><th><code>{escape(title)}</code></th><th></th></tr></thead>"
    return f"<table>{head}{''.join(map(_row, fields.items()))}</table>"


def _row(field: tuple[str, Mapping[str, str]]) -> str:
    name, about = field
    words = escape(about.get("description", ""))
    return f"<tr><td><code>{escape(name)}</code></td><td>{words}</td></tr>"


def _button(kind: str, word: str, *, chosen: bool) -> str:
    pressed = "true" if chosen else "false"
    return (
        f'<button name="kind" value="{escape(kind)}" aria-pressed="{pressed}">'
        f"{'● ' if chosen else ''}{escape(word)}</button>"
    )
