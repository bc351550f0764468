"""The catalogues: source strings in English, Chinese beside them; no GNU gettext needed.

    tools/catalogues.py update            take source strings from the code, keep translations
    tools/catalogues.py merge FILE.tsv …  fill in Chinese from lines "source<TAB>Chinese"
    tools/catalogues.py missing           print what has no Chinese yet, ready for such a file
    tools/catalogues.py check             fail on anything missing, fuzzy, obsolete or ill-matched
    tools/catalogues.py compile           write the .mo files that Django reads

The Chinese catalogue is written by people. The English one repeats every source string, so
that a page in English can never fall back to the default language, which is Chinese.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "junheng"
CHINESE, ENGLISH = "zh_Hans", "en"
CONTEXT_END = "\x04"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt", ".svg", ".xml"}
SKIPPED = {"migrations", "tests", "static", "locale", "__pycache__"}

DYNAMIC_ATTRIBUTE = re.compile(r"""\s:[\w.-]+=(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
UNDERSCORE_CALL = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")
PERCENT = r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%%|%[sdrfi]"
PLACEHOLDER = re.compile(PERCENT + r"|\{\w*(?:![rsa])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")

Key = tuple[str | None, str]


# --- out of the code -----------------------------------------------------------------------


def sources(package: Path) -> Iterator[Path]:
    """Files of the package that may hold source strings, in a steady order."""
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if path.suffix in {".py", *TEMPLATES} and not SKIPPED & set(inside.parts):
            yield path


def messages_in(path: Path, text: str) -> list[tuple[str | tuple[str, ...], str | None, list[str]]]:
    """Source strings of a file: (text or (singular, plural), context, comments)."""
    code = with_calls_apart(text) if path.suffix == ".py" else template_as_code(text, path.name)
    found = extract("python", io.BytesIO(code.encode()), KEYWORDS, ["Translators:"])
    return [(message, context, comments) for _line, message, comments, context in found]


def with_calls_apart(text: str) -> str:
    """Code with the calls of its f-strings behind it: before Python 3.12 these are one token."""
    calls = [
        ast.unparse(call)
        for string in ast.walk(ast.parse(text))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in KEYWORDS
    ]
    return "\n".join((text, *calls))


def template_as_code(text: str, name: str) -> str:
    """A template as calls that the extractor for Python understands.

    Components get expressions in attributes (`:title="_('Schools')"`), which Django itself
    does not look into; those calls are put behind.
    """
    if not settings.configured:
        settings.configure()
    calls = [
        call
        for attribute in DYNAMIC_ATTRIBUTE.finditer(text)
        for call in UNDERSCORE_CALL.findall(attribute["double"] or attribute["single"] or "")
    ]
    lines = [*templatize(text, origin=name).splitlines(), *calls]
    return "".join(f"{line.strip()}\n" for line in lines)


def extracted(package: Path, project: Path) -> Catalog:
    """All source strings of the package, each with the files it stands in."""
    catalog = Catalog()
    for path in sources(package):
        place = (path.relative_to(project).as_posix(), 1)
        for message, context, comments in messages_in(path, path.read_text(encoding="utf-8")):
            catalog.add(message, locations=[place], auto_comments=comments, context=context)
    return catalog


# --- the two catalogues --------------------------------------------------------------------


def po_path(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def read(package: Path, language: str) -> Catalog:
    """A catalogue as it stands, or an empty one."""
    path = po_path(package, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(package: Path, language: str, catalog: Catalog) -> None:
    """Write a catalogue without dates, names and line numbers, which only make noise."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, include_lineno=False, omit_header=True, sort_by_file=True)
    plural = "nplurals=1; plural=0;" if language == CHINESE else "nplurals=2; plural=(n != 1);"
    header = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: Junheng\\n"\n'
        f'"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n\n'
    )
    path = po_path(package, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header.encode() + out.getvalue().strip() + b"\n")


def key_of(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def entries(catalog: Catalog) -> dict[Key, Message]:
    """Everything but the header."""
    return {key_of(message): message for message in catalog if message.id}


def updated(wanted: Catalog, known: Catalog, language: str) -> Catalog:
    """The wanted source strings with the translations that are known."""
    catalog = Catalog(locale=language)
    translations = entries(known)
    for key, message in entries(wanted).items():
        old = translations.get(key)
        same = old is not None and isinstance(old.id, str) == isinstance(message.id, str)
        string = message.id if language == ENGLISH else old.string if old and same else None
        flags = old.flags - {"python-format"} if old and language != ENGLISH else ()
        catalog.add(
            message.id,
            string or "",
            locations=sorted(set(message.locations)),
            auto_comments=message.auto_comments,
            flags=flags,
            context=message.context,
        )
    return catalog


# --- what may be wrong ---------------------------------------------------------------------


def faults(wanted: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    """Say what is wrong with a catalogue, one line each."""
    has = entries(catalog)
    need = entries(wanted)
    for key in need.keys() - has.keys():
        yield f"{language}: missing: {shown(key)}"
    for key in has.keys() - need.keys():
        yield f"{language}: not in the code any more: {shown(key)}"
    for message in catalog.obsolete.values():
        yield f"{language}: obsolete: {shown(key_of(message))}"
    for key in need.keys() & has.keys():
        yield from (f"{language}: {what}: {shown(key)}" for what in faults_of(need[key], has[key]))


def faults_of(source: Message, message: Message) -> Iterator[str]:
    """Say what is wrong with one translation."""
    texts = [source.id] if isinstance(source.id, str) else list(source.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    if message.fuzzy:
        yield "fuzzy"
    if (len(strings) == 2 and len(texts) == 1) or not all(strings):
        yield "not translated"
        return
    for string in strings:
        if not any(alike(text, string) for text in texts):
            yield f"other placeholders or tags in {string!r}"
        if string[:1].isspace() != texts[0][:1].isspace():
            yield "white space in front of one and not of the other"


def alike(text: str, string: str) -> bool:
    """Whether a translation has the placeholders and tags of its source, in any order."""
    return all(
        Counter(pattern.findall(text)) == Counter(pattern.findall(string))
        for pattern in (PLACEHOLDER, TAG)
    )


def shown(key: Key) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)


# --- from the translators ------------------------------------------------------------------


def merge(catalog: Catalog, lines: Iterable[str]) -> Iterator[str]:
    """Fill in translations from "source<TAB>Chinese" or "context<TAB>source<TAB>Chinese".

    A tab, a line break or a backslash inside a text is written \\t, \\n or \\\\. Lines that are
    blank or begin with # say nothing. What is translated already stays unless it differs.

    Yields:
        What could not be used, one line each.
    """
    has = entries(catalog)
    for line in lines:
        parts = [unescaped(part) for part in line.rstrip("\r\n").split("\t")]
        if not line.strip() or line.startswith("#"):
            continue
        if len(parts) not in (2, 3) or not parts[-1].strip():
            yield f"not source<TAB>Chinese: {line.strip()!r}"
            continue
        key = (parts[0] if len(parts) == 3 else None, parts[-2])
        if key not in has:
            yield f"not in the code: {shown(key)}"
            continue
        message = has[key]
        message.string = parts[-1] if isinstance(message.id, str) else (parts[-1],)
        message.flags.discard("fuzzy")


def unescaped(text: str) -> str:
    signs = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
    return re.sub(r"\\[nt\\]", lambda found: signs[found[0]], text)


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


# --- commands ------------------------------------------------------------------------------


def update(package: Path, project: Path) -> None:
    wanted = extracted(package, project)
    for language in (CHINESE, ENGLISH):
        write(package, language, updated(wanted, read(package, language), language))


def check(package: Path, project: Path) -> list[str]:
    wanted = extracted(package, project)
    return sorted(
        fault
        for language in (CHINESE, ENGLISH)
        for fault in faults(wanted, read(package, language), language)
    )


def compile_all(package: Path) -> None:
    for language in (CHINESE, ENGLISH):
        with po_path(package, language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(package, language))


def merge_files(package: Path, files: Iterable[Path]) -> list[str]:
    catalog, unused = read(package, CHINESE), []
    for path in files:
        with path.open(encoding="utf-8") as lines:
            unused += [f"{path.name}: {reason}" for reason in merge(catalog, lines)]
    write(package, CHINESE, catalog)
    return unused


def missing(package: Path) -> list[str]:
    """Lines for the translators: every source string without Chinese."""
    return [
        "\t".join(escaped(part) for part in key if part is not None) + "\t"
        for key, message in entries(read(package, CHINESE)).items()
        if not message.string or not all(message.string)
    ]


def main(arguments: list[str], package: Path = PACKAGE, project: Path = PROJECT) -> int:
    """Run one command; 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("update", "missing", "check", "compile"):
        commands.add_parser(name)
    commands.add_parser("merge").add_argument("files", nargs="+", type=Path)
    chosen = parser.parse_args(arguments)
    said: list[str] = []
    if chosen.command == "update":
        update(package, project)
    elif chosen.command == "compile":
        compile_all(package)
    elif chosen.command == "missing":
        said = missing(package)
    elif chosen.command == "merge":
        said = merge_files(package, chosen.files)
    else:
        said = check(package, project)
    if said:
        print("\n".join(said))
    else:  # not among the lines: `missing > zh.tsv` is a file for translators
        print(f"Catalogues: {chosen.command} done.", file=sys.stderr)
    return int(bool(said) and chosen.command == "check")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
