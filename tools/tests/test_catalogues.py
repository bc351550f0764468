"""Source strings are found wherever they can stand, and a bad translation is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.support import Translations

from tools import catalogues

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
from junheng.kernel.faults import fault, gettext_noop
a = _("A plain sentence")
b = gettext_lazy("A lazy one "
                 "on two lines")
c = ngettext("%(count)d seat", "%(count)d seats", 2)
# Translators: the paper, not the place
d = pgettext("paper", "letter")
e = fault("f", 1, "c", gettext_noop("is wrong: %(value)s"), value=1)
f = other("not for the catalogue")
g = f"{_('Inside another text')}: {pgettext('paper', 'sheet')} {a}"
"""
TEMPLATE = """
{% load i18n %}
<h1>{% translate "A heading" %}</h1>
<c-card title="{% trans 'In a component' %}" :note="_('In an expression')"
        :x='_("in the other quotes")'>
  {{ name|default:_("Nobody") }}
  {% icon "x" _("Take away") %}
  {% blocktranslate count n=total %}One of {{ n }}{% plural %}All of {{ n }}{% endblocktranslate %}
  {% blocktranslate trimmed %}
    Two
    lines
  {% endblocktranslate %}
  {% translate "May" context "month" %}
</c-card>
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    room = tmp_path / "src" / "house" / "room"
    (room / "templates" / "cotton").mkdir(parents=True)
    (room / "tests").mkdir()
    (room / "code.py").write_text(PYTHON)
    (room / "templates" / "cotton" / "page.html").write_text(TEMPLATE)
    (room / "tests" / "test_code.py").write_text('_("only a test")')
    return tmp_path


def run(project: Path, *arguments: str) -> int:
    return catalogues.main(list(arguments), project / "src" / "house", project)


def chinese(project: Path) -> Catalog:
    return catalogues.read(project / "src" / "house", "zh_Hans")


def test_every_kind_of_source_string_is_found(project: Path) -> None:
    found = catalogues.extracted(project / "src" / "house", project)
    assert set(catalogues.entries(found)) == {
        (None, "A plain sentence"),
        (None, "A lazy one on two lines"),
        (None, "%(count)d seat"),
        ("paper", "letter"),
        (None, "is wrong: %(value)s"),
        (None, "Inside another text"),
        ("paper", "sheet"),
        (None, "A heading"),
        (None, "In a component"),
        (None, "In an expression"),
        (None, "in the other quotes"),
        (None, "Nobody"),
        (None, "Take away"),
        (None, "One of %(n)s"),
        (None, "Two lines"),
        ("month", "May"),
    }


def test_a_string_knows_its_file_and_the_translators_note(project: Path) -> None:
    found = catalogues.entries(catalogues.extracted(project / "src" / "house", project))
    letter = found["paper", "letter"]
    assert [place for place, _line in letter.locations] == ["src/house/room/code.py"]
    assert letter.auto_comments == ["Translators: the paper, not the place"]


def test_updating_twice_changes_nothing(project: Path) -> None:
    run(project, "update")
    path = catalogues.po_path(project / "src" / "house", "zh_Hans")
    first = path.read_bytes()
    run(project, "update")
    assert path.read_bytes() == first


def fill_in(project: Path) -> Path:
    """A file of translations for all that is missing: the source string in brackets."""
    file = project / "zh.tsv"
    lines = catalogues.missing(project / "src" / "house")
    file.write_text("".join(f"{line}[{line.split(chr(9))[-2]}]\n" for line in lines))
    return file


def test_from_nothing_to_a_complete_catalogue(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "update")
    assert run(project, "check") == 1
    said = capsys.readouterr().out
    assert "zh_Hans: not translated: 'letter' (paper)" in said
    assert "en: " not in said

    assert run(project, "merge", str(fill_in(project))) == 0
    assert run(project, "check") == 0
    assert run(project, "missing") == 0


def test_a_translation_outlives_an_update(project: Path) -> None:
    run(project, "update")
    run(project, "merge", str(fill_in(project)))
    code = project / "src" / "house" / "room" / "code.py"
    code.write_text(code.read_text().replace("A plain sentence", "A new sentence"))
    assert run(project, "check") == 1
    run(project, "update")
    assert catalogues.missing(project / "src" / "house") == ["A new sentence\t"]
    assert (None, "A plain sentence") not in catalogues.entries(chinese(project))


def test_django_reads_what_was_compiled(project: Path) -> None:
    run(project, "update")
    run(project, "merge", str(fill_in(project)))
    run(project, "compile")
    read = {}
    for language in ("zh_Hans", "en"):
        mo = catalogues.po_path(project / "src" / "house", language).with_suffix(".mo")
        with mo.open("rb") as file:
            read[language] = Translations(file)
    assert read["zh_Hans"].gettext("A heading") == "[A heading]"
    assert read["zh_Hans"].pgettext("paper", "letter") == "[letter]"
    assert read["zh_Hans"].ngettext("%(count)d seat", "%(count)d seats", 2) == "[%(count)d seat]"
    assert read["en"].gettext("A heading") == "A heading"
    assert read["en"].ngettext("%(count)d seat", "%(count)d seats", 1) == "%(count)d seat"
    assert read["en"].ngettext("%(count)d seat", "%(count)d seats", 2) == "%(count)d seats"


def spoil(project: Path, old: str, new: str) -> None:
    path = catalogues.po_path(project / "src" / "house", "zh_Hans")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"[is wrong: %(value)s]"', '"[is wrong]"', "other placeholders"),
        ('"[is wrong: %(value)s]"', '"%(value)d"', "other placeholders"),
        ('"[One of %(n)s]"', '"<b>%(n)s</b>"', "other placeholders or tags"),
        ('"[Nobody]"', '" [Nobody]"', "white space in front"),
        ('"[Nobody]"', '""', "not translated: 'Nobody'"),
        ('msgid "Nobody"', 'msgid "Somebody"', "missing: 'Nobody'"),
        ('msgid "Nobody"', 'msgid "Somebody"', "not in the code any more: 'Somebody'"),
        ('\nmsgid "Nobody"', '\n#, fuzzy\nmsgid "Nobody"', "fuzzy: 'Nobody'"),
        (
            'msgid "Nobody"\nmsgstr "[Nobody]"',
            'msgid "Nobody"\nmsgstr "x"\n\n#~ msgid "Old"\n#~ msgstr "y"',
            "obsolete: 'Old'",
        ),
    ],
)
def test_what_is_wrong_is_named(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    run(project, "update")
    run(project, "merge", str(fill_in(project)))
    spoil(project, old, new)
    assert run(project, "check") == 1
    assert said in capsys.readouterr().out


def test_what_is_missing_is_a_file_for_translators_and_nothing_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "update")
    run(project, "missing")
    assert all(line.endswith("\t") for line in capsys.readouterr().out.splitlines())
    run(project, "merge", str(fill_in(project)))
    run(project, "missing")
    assert capsys.readouterr().out == ""


def test_a_translator_is_told_what_could_not_be_used(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "update")
    file = project / "zh.tsv"
    file.write_text("# a remark\n\nNobody\t<n>\nNobody\nElse\t<e>\nmonth\tMay\t<five>\nNobody\t \n")
    run(project, "merge", str(file))
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "zh.tsv: not source<TAB>Chinese: 'Nobody'",
        "zh.tsv: not in the code: 'Else'",
        "zh.tsv: not source<TAB>Chinese: 'Nobody'",
    ]
    has = catalogues.entries(chinese(project))
    assert has[None, "Nobody"].string == "<n>"
    assert has["month", "May"].string == "<five>"


def test_line_breaks_and_tabs_are_written_as_signs() -> None:
    text = "one\ntwo\tthree \\n four"
    assert "\n" not in catalogues.escaped(text)
    assert "\t" not in catalogues.escaped(text)
    assert catalogues.unescaped(catalogues.escaped(text)) == text


def test_a_singular_that_became_a_plural_is_translated_anew(project: Path) -> None:
    run(project, "update")
    run(project, "merge", str(fill_in(project)))
    code = project / "src" / "house" / "room" / "code.py"
    code.write_text(
        code.read_text().replace('_("A plain sentence")', 'ngettext("A plain sentence", "s", 1)')
    )
    run(project, "update")
    assert catalogues.missing(project / "src" / "house") == ["A plain sentence\t"]
