"""The glossary: build its page, and hold the code to it.

    tools/glossary.py            write docs/glossary.md and check
    tools/glossary.py --check    fail if the page is stale or the code speaks otherwise

Three things are checked: the `verbose_name` of every table is an entry or put together from
entries; where the Chinese catalogue translates such a name that is an entry, the entry's
word stands in it; and no identifier uses a banned word.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "junheng"
CATALOGUE = PACKAGE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
TOML = PROJECT / "docs" / "glossary.toml"
PAGE = PROJECT / "docs" / "glossary.md"
SKIPPED = {"migrations", "__pycache__"}
JOINTS = {"a", "an", "and", "for", "of", "the", "to"}
HISTORY = re.compile(r"[\w ]+ event")
"""The tables that record history are named by a library after the table they watch."""

# The rule's own examples, held by a test.
ACCEPTED = [
    "pupils = 3",
    "def seats_of(school): ...",
    "x.degrees",
    "y = x.students",
    'name = "student"',
    "# student",
]
REJECTED = [
    "students = 3",
    "def f(*, newStudent=0): ...",
    "class StudentRow: ...",
    "x.student_id = 1",
]
NAMES_ACCEPTED = ["school", "schools of a zone", "Runs of rounds", "reasons of a placement"]
NAMES_REJECTED = ["student", "row of a school", ""]


@dataclass(frozen=True)
class Term:
    """One entry of the glossary; `name` is the word in English."""

    zh: str
    identifier: str
    definition: str
    unit: str = ""
    source: str = ""
    not_this: str = ""
    banned: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.identifier.replace("_", " ")


def load(path: Path = TOML) -> list[Term]:
    """All entries, as they stand in the file; a key that is unknown is an error."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["term"]
    return [Term(**{**row, "banned": tuple(row.get("banned", ()))}) for row in rows]


# --- the page ------------------------------------------------------------------------------


def page(terms: Iterable[Term]) -> str:
    """The glossary for people to read."""
    lines = [
        "# Glossary",
        "",
        "One concept, one word, in both languages. Built from `docs/glossary.toml` by `make docs`.",
        "",
        "| 中文 | in code | means | unit | not | source |",
        "|---|---|---|---|---|---|",
    ]
    for term in sorted(terms, key=lambda term: term.identifier):
        cells = (term.definition, term.unit, term.not_this, term.source)
        lines.append(f"| {term.zh} | `{term.identifier}` | {' | '.join(cells)} |")
    return re.sub(r" +\|", " |", "\n".join(lines)) + "\n"


# --- faults --------------------------------------------------------------------------------


def odd_entries(terms: list[Term]) -> Iterator[str]:
    """Entries that contradict each other."""
    for field in ("identifier", "zh"):
        seen: set[str] = set()
        for term in terms:
            value = getattr(term, field)
            if value in seen:
                yield f"glossary: {value} stands there twice"
            seen.add(value)
    names = {word for term in terms for word in term.identifier.split("_")}
    for term in terms:
        for word in term.banned:
            if word in names:
                yield f"glossary: {word} is banned by {term.identifier} and used by another entry"


def is_composed(name: str, terms: Iterable[Term]) -> bool:
    """Whether a name in English is an entry or put together from entries and joints."""
    known = {tuple(term.name.split()) for term in terms}
    known |= {(word,) for word in JOINTS}
    words = [singular(word) for word in name.lower().replace("-", " ").split()]
    reached = {0}
    for end in range(1, len(words) + 1):
        if any(tuple(words[start:end]) in known for start in reached):
            reached.add(end)
    return bool(words) and len(words) in reached


def singular(word: str) -> str:
    """The singular of a regular English noun, as far as the glossary needs it.

    >>> singular("classes"), singular("entries"), singular("children"), singular("seats")
    ('class', 'entry', 'child', 'seat')
    """
    if word == "children":
        return "child"
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith("sses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def odd_names(names: Mapping[str, str], terms: list[Term]) -> Iterator[str]:
    """Tables whose name is not in the glossary; names by table."""
    for table, name in sorted(names.items()):
        if not is_composed(name, terms):
            yield f"{table}: verbose_name {name!r} is not put together from entries of the glossary"


def odd_chinese(
    names: Iterable[str], chinese: Mapping[str, str], terms: list[Term]
) -> Iterator[str]:
    """Names that are entries and that the catalogue translates with another word."""
    words = {term.name: term.zh for term in terms}
    for name in sorted(set(names) & words.keys()):
        said = chinese.get(name)
        if said and words[name] not in said:
            yield f"{name!r} is {words[name]} in the glossary and {said} in the catalogue"


def odd_identifiers(code: str, where: str, banned: Mapping[str, str]) -> Iterator[str]:
    """Identifiers that use a banned word; banned words with the word to use."""
    seen: set[tuple[int, str]] = set()
    for node in ast.walk(ast.parse(code)):
        for name in identifiers(node):
            line = getattr(node, "lineno", 1)
            for word in words_of(name):
                if word in banned and (line, name) not in seen:
                    seen.add((line, name))
                    yield f"{where}:{line}: {name}: we say {banned[word]}"


def identifiers(node: ast.AST) -> Iterator[str]:
    """The names a node of the syntax tree brings in; those it only asks others for are theirs."""
    if isinstance(node, ast.Attribute | ast.Name) and not isinstance(node.ctx, ast.Store):
        return
    for attribute in ("name", "id", "arg", "attr"):
        name = getattr(node, attribute, None)
        if isinstance(name, str):
            yield name


def words_of(identifier: str) -> list[str]:
    """
    >>> words_of("newStudent_ofABCSchool")
    ['new', 'student', 'of', 'abc', 'school']
    """
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


def banned_words(terms: Iterable[Term]) -> dict[str, str]:
    return {word: term.identifier for term in terms for word in term.banned}


# --- the house as it is --------------------------------------------------------------------


def table_names() -> dict[str, str]:
    """`verbose_name` by table, as written in the code."""
    os.environ.setdefault("JUNHENG_VAR", str(PROJECT / "var" / "test"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.site.settings")
    import django
    from django.apps import apps

    django.setup()
    names = {
        model._meta.label: str(model._meta.verbose_name_raw)
        for model in apps.get_models()
        if model.__module__.startswith("junheng.")
    }
    return {table: name for table, name in names.items() if not HISTORY.fullmatch(name)}


def chinese_words() -> dict[str, str]:
    """Translations of the Chinese catalogue by source string."""
    if not CATALOGUE.exists():
        return {}
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def all_faults(terms: list[Term]) -> Iterator[str]:
    """Everything that is not as the glossary has it."""
    yield from odd_entries(terms)
    names = table_names()
    yield from odd_names(names, terms)
    yield from odd_chinese(names.values(), chinese_words(), terms)
    banned = banned_words(terms)
    for path in sorted(PACKAGE.rglob("*.py")):
        if not SKIPPED & set(path.parts):
            where = path.relative_to(PROJECT).as_posix()
            yield from odd_identifiers(path.read_text(encoding="utf-8"), where, banned)


def main(arguments: list[str]) -> int:
    """Write or check the page, and say what is wrong; 1 if anything is."""
    terms = load()
    said = list(all_faults(terms))
    fresh = page(terms)
    if "--check" not in arguments:
        PAGE.write_text(fresh, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != fresh:
        said.append("docs/glossary.md is stale: make docs")
    print("\n".join(said) or f"Glossary: {len(terms)} entries hold.")
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
