"""`junheng draw`: hold a draw of classes again, from its pack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

import click

from junheng.cli.language import lang_option, speaker

if TYPE_CHECKING:
    from junheng.registry.verify.class_draw import DrawLine

FAILED = 1
LARGEST = 20_000_000
"""Bytes of a file of a pack; five thousand pupils need a hundredth of it."""
_MARKS = {True: "ok  ", False: "FAIL"}


@click.command("draw")
@click.argument("pack", type=click.Path(path_type=Path, exists=True))
@click.option("--list", "announced", help="Hold the list against this fingerprint.")
@click.option("--figures", help="Hold the draw against these figures of the event.")
@lang_option
def command(pack: Path, announced: str | None, figures: str | None, lang: str) -> None:
    """Hold the draw of classes in PACK (a folder or .zip) again, a line for each step.

    Compare list and figures with what was announced, or give them: without them this command can
    only say that the files fit each other. Exits 0 if all of it does, 1 if not, 2 for wrong use.
    """
    from junheng.registry.verify.class_draw import NotAPack, draw_of, verify_pack

    say = speaker(lang)
    files = _read(pack)
    try:
        draw = draw_of(files)
        lines = [*verify_pack(files), _repeated(files, draw["seed"], draw["year"])]
    except NotAPack as error:
        raise click.UsageError(f"{pack} is no pack of a class draw: {error}.") from None
    lines += _announced(draw, announced, figures)
    for line in lines:
        click.echo(f"{_MARKS[line.holds]} {line.step}: {line.sentence(say)}")
    for name in ("list", "figures", "seed", "placements_sha256"):
        click.echo(f"{name}: {draw[name]}")
    if not all(line.holds for line in lines):
        sys.exit(FAILED)


def _announced(draw: dict[str, str], announced: str | None, figures: str | None) -> list[DrawLine]:
    """What the caller knows from the public page, held against the pack."""
    from junheng.registry.verify.class_draw import DrawLine, Step

    given = ((Step.LIST, announced, draw["list"]), (Step.FIGURES, figures, draw["figures"]))
    return [
        DrawLine(step, "" if wanted == found else f"{wanted} ≠ {found}")
        for step, wanted, found in given
        if wanted is not None
    ]


def _repeated(files: dict[str, bytes], seed: str, year: int) -> DrawLine:
    """The draw held again by the engine."""
    from junheng.registry.engine.class_assignment import NotAssignable, assign
    from junheng.registry.files import class_assignments as tables
    from junheng.registry.verify.class_draw import DrawLine, NotAPack, Step

    try:
        pupils, classes = tables.read(files)
        again = tables.write(assign(pupils, classes, seed=seed, year=year))
    except NotAssignable as refusal:
        return DrawLine(Step.REPEATED, str(refusal))
    except (KeyError, ValueError) as error:
        raise NotAPack(f"the list cannot be read ({error})") from error
    return DrawLine(Step.REPEATED, _first_other(again[tables.PLACEMENTS], files[tables.PLACEMENTS]))


def _first_other(made: bytes, published: bytes) -> str:
    if made == published:
        return ""
    ours, theirs = made.decode().splitlines(), published.decode(errors="replace").splitlines()
    pairs = zip([*ours, ""], [*theirs, ""], strict=False)
    return next((f"{one} ≠ {other}" for one, other in pairs if one != other), "…")


def _read(pack: Path) -> dict[str, bytes]:
    from junheng.registry.verify.class_draw import FILES

    if pack.is_dir():
        found = {name: pack / name for name in FILES if (pack / name).is_file()}
        if large := [name for name, path in found.items() if path.stat().st_size > LARGEST]:
            raise click.UsageError(f"{pack / large[0]} is too large for a pack.")
        return {name: path.read_bytes() for name, path in found.items()}
    try:
        with ZipFile(pack) as archive:
            inside = [one for one in archive.infolist() if one.filename in FILES]
            if large := [one.filename for one in inside if one.file_size > LARGEST]:
                raise click.UsageError(f"{large[0]} in {pack} is too large for a pack.")
            return {one.filename: archive.read(one) for one in inside}
    except BadZipFile:
        raise click.UsageError(f"{pack} is neither a folder nor a .zip.") from None
