"""`junheng sample`: a made-up round of any size, to try the program on."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("sample")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--applicants", required=True, type=click.IntRange(1, 5_000_000), help="Children.")
@click.option("--schools", required=True, type=click.IntRange(1, 20_000), help="Schools.")
@click.option("--seed", required=True, help="Any text; the same text gives the same files.")
@click.option(
    "--unplaced",
    metavar="SHARE",
    default=0.05,
    show_default=True,
    type=click.FloatRange(0.0, 0.5),
    help="About this share of the children does not fit on their lists.",
)
@click.option(
    "--mode",
    default="zone",
    show_default=True,
    type=click.Choice(["none", "zone", "open", "grade"]),
    help="What becomes of those who do not fit on their lists.",
)
@click.option(
    "--by-lottery",
    metavar="N",
    default=0,
    show_default=True,
    type=click.IntRange(0, 99),
    help="So many schools more that draw lots among those who name them.",
)
def command(
    folder: Path,
    applicants: int,
    schools: int,
    seed: str,
    unplaced: float,
    mode: str,
    by_lottery: int,
) -> None:
    """Write a made-up round to the new or empty folder DIR.

    Nobody in it exists. Run it with `junheng admit DIR --out OUT`.
    """
    from junheng.admissions.files.sample import Wish, sample_round
    from junheng.cli.folders import refuse_full, write_folder

    refuse_full(folder, "DIR")
    files = sample_round(Wish(applicants, schools, seed, unplaced, mode, by_lottery))
    write_folder(folder, files)
    click.echo(f"{folder}: {applicants} applicants, {schools} schools, {len(files)} files")
