"""The architecture page: its folder list and diagrams are made from the code.

    tools/architecture.py            write them into docs/architecture.md
    tools/architecture.py --check    fail if the page is stale

The list takes the first sentence of every room's README.md, the first diagram the imports
there really are, the second the contract in pyproject.toml. The prose around them is
written by hand.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "junheng"
PAGE = PROJECT / "docs" / "architecture.md"
INSIDE = "Inside a context"

Edges = frozenset[tuple[str, str]]


# --- what there is -------------------------------------------------------------------------


def rooms(package: Path) -> list[str]:
    """Folders of the package that hold code, by name."""
    return sorted(path.parent.name for path in package.glob("*/__init__.py"))


def first_sentence(readme: str) -> str:
    """What a README says first below its title."""
    paragraphs = [part for part in readme.split("\n\n") if not part.startswith("#")]
    text = " ".join(paragraphs[0].split()) if paragraphs else ""
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def sentences(package: Path) -> dict[str, str]:
    """The first sentence of each room's README.md; blank where there is none."""
    found = {}
    for room in rooms(package):
        path = package / room / "README.md"
        found[room] = first_sentence(path.read_text(encoding="utf-8")) if path.exists() else ""
    return found


def imports(names: Iterable[str]) -> Edges:
    """Which room imports which, without the tests."""
    graph = grimp.build_graph("junheng", cache_dir=None)
    wanted = set(names)
    edges = set()
    for importer in graph.modules:
        parts = importer.split(".")
        if len(parts) < 2 or "tests" in parts or parts[1] not in wanted:
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            target = imported.split(".")
            if len(target) > 1 and target[1] in wanted - {parts[1]}:
                edges.add((parts[1], target[1]))
    return frozenset(edges)


def layers(pyproject: Path) -> list[str]:
    """The layers inside a context, the uppermost first."""
    contracts = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["importlinter"]
    (inside,) = [one for one in contracts["contracts"] if one["name"] == INSIDE]
    return [re.sub(r"[()]", "", layer) for layer in inside["layers"]]


# --- how it is drawn -----------------------------------------------------------------------


def reduced(edges: Edges) -> Edges:
    """Without the edges that another way already implies."""
    return frozenset(edge for edge in edges if not _leads(edge[0], edge[1], edges - {edge}))


def _leads(start: str, end: str, edges: Edges) -> bool:
    reached, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        for source, target in edges:
            if source == here and target not in reached:
                reached.add(target)
                ahead.append(target)
    return end in reached


def folder_list(said: Mapping[str, str], edges: Edges) -> str:
    """The rooms, what each is for, and what each imports."""
    lines = ["| folder | what it is for | imports |", "|---|---|---|"]
    for room, sentence in said.items():
        used = ", ".join(f"`{target}`" for source, target in sorted(edges) if source == room)
        lines.append(f"| `{room}/` | {sentence} | {used or '–'} |")
    return "\n".join(lines)


def diagram(edges: Edges) -> str:
    """A Mermaid graph of the rooms, the uppermost first."""
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"  {source} --> {target}" for source, target in sorted(reduced(edges))]
    return "\n".join([*lines, "```"])


def layer_diagram(names: Iterable[str]) -> str:
    """A Mermaid chain of the layers inside a context; siblings share a box."""
    lines = ["```mermaid", "flowchart TD"]
    names = list(names)
    lines += [f'  l{at}["{re.sub(" *[|:] *", " · ", name)}"]' for at, name in enumerate(names)]
    lines += [f"  l{at} --> l{at + 1}" for at in range(len(names) - 1)]
    return "\n".join([*lines, "```"])


def filled(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part between its markers.

    Raises:
        ValueError: If the page has no such marker.
    """
    for name, text in parts.items():
        begin, end = f"<!-- {name}: made by make docs -->", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise ValueError(f"docs/architecture.md has no markers for {name}")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


def main(arguments: list[str]) -> int:
    """Write or check the page; 1 if something is wrong."""
    said = sentences(PACKAGE)
    edges = imports(said)
    parts = {
        "folders": folder_list(said, edges),
        "imports": diagram(edges),
        "layers": layer_diagram(layers(PROJECT / "pyproject.toml")),
    }
    old = PAGE.read_text(encoding="utf-8")
    new = filled(old, parts)
    wrong = [f"src/junheng/{room}/README.md is missing" for room, text in said.items() if not text]
    if "--check" not in arguments:
        PAGE.write_text(new, encoding="utf-8")
    elif new != old:
        wrong.append("docs/architecture.md is stale: make docs")
    print("\n".join(wrong) or f"Architecture: {len(said)} rooms.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
