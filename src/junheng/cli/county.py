"""`junheng county`: the invented county as files, with its register and its admission round."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("county")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--seed", required=True, help="Any text; the same text gives the same files.")
def command(folder: Path, seed: str) -> None:
    """Write an invented county to the new or empty folder DIR.

    16 townships, 400 villages, 90 primary schools, 9,000 children. Run its round with
    `junheng admit DIR/round --out OUT`, or load DIR/round.xlsx on a page.
    """
    from junheng.cli.folders import refuse_full, write_folder
    from junheng.registry.demo.county import build
    from junheng.registry.demo.files import county_files

    refuse_full(folder, "DIR")
    try:
        county = build(seed)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    files = county_files(county)
    write_folder(folder, files)
    click.echo(f"{folder}: {len(county.entrants)} applicants, {len(files)} files")
