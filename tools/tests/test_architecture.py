"""The drawn house is the house there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import architecture


def test_the_first_sentence_of_a_readme() -> None:
    readme = "# Kernel\n\nSmall values that every\nroom shares. And more.\n\nIt answers"
    assert architecture.first_sentence(readme) == "Small values that every room shares."
    assert architecture.first_sentence("# Only a title") == ""


def test_a_folder_with_code_is_a_room(tmp_path: Path) -> None:
    for name in ("kernel", "cli"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / "locale").mkdir()
    (tmp_path / "kernel" / "README.md").write_text("# Kernel\n\nValues.\n")
    assert architecture.sentences(tmp_path) == {"cli": "", "kernel": "Values."}


def test_what_another_way_implies_is_not_drawn() -> None:
    edges = frozenset({("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")})
    assert architecture.reduced(edges) == {("a", "b"), ("b", "c"), ("d", "c")}


def test_the_list_names_every_import() -> None:
    written = architecture.folder_list({"a": "One.", "b": "Two."}, frozenset({("a", "b")}))
    assert "| `a/` | One. | `b` |" in written
    assert "| `b/` | Two. | – |" in written


def test_siblings_share_a_box() -> None:
    written = architecture.layer_diagram(["apps", "web | api", "files : runners"])
    assert 'l1["web · api"]' in written
    assert 'l2["files · runners"]' in written
    assert "l1 --> l2" in written
    assert "l2 --> l3" not in written


def test_parts_go_between_their_markers_and_nowhere_else() -> None:
    page = "Before\n<!-- x: made by make docs -->\nold\n<!-- end of x -->\nAfter\n"
    new = architecture.filled(page, {"x": "new"})
    assert new == "Before\n<!-- x: made by make docs -->\nnew\n<!-- end of x -->\nAfter\n"
    assert architecture.filled(new, {"x": "new"}) == new


def test_a_page_without_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="no markers for x"):
        architecture.filled("nothing here", {"x": "new"})


def test_the_real_imports_go_downwards() -> None:
    edges = architecture.imports(architecture.rooms(architecture.PACKAGE))
    assert ("admissions", "commons") in edges
    assert not [edge for edge in edges if edge[0] == "kernel"]


def test_the_layers_are_those_of_the_contract() -> None:
    names = architecture.layers(architecture.PROJECT / "pyproject.toml")
    assert names[0] == "apps"
    assert {"facade", "models"} <= set(names)
