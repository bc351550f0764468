"""`junheng backup`: database and files in one archive, while the site goes on."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from junheng.cli.language import lang_option, speaker
from junheng.cli.owner import as_owner, keys_file
from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.site.backups.make import Made
    from junheng.site.backups.refusals import NotDone

WRONG = 1


@click.command("backup")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--with-keys", is_flag=True, help="Put the keys in, too: then guard it as such.")
@click.option("--replace", is_flag=True, help="Replace FILE if it is there.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    help="FILE is a folder: remove all but the newest N backups in it.",
)
@lang_option
def command(
    target: Path,
    with_keys: bool,  # noqa: FBT001 (click hands its flags over by name)
    replace: bool,  # noqa: FBT001 (as above)
    keep: int | None,
    lang: str,
) -> None:
    """Write database and stored files into FILE, or into a new file in the folder FILE.

    The site may go on. Exits 0 when the backup is whole and sound, 1 when it was not written or
    a stored file was damaged before, 2 for wrong use.
    """
    if keep is not None and not target.is_dir():
        raise click.UsageError(f"--keep needs a folder, and {target} is none.")
    say = speaker(lang)
    with stoppable(), as_owner(running=True):
        from junheng.site.backups.make import drop_older, make_backup
        from junheng.site.backups.refusals import NotDone

        try:
            made = make_backup(
                target, with_keys=keys_file() if with_keys else None, replace=replace
            )
        except NotDone as no:
            refuse(no, say)
    click.echo(_summary(made, say))
    for file in made.damaged:
        told = say(_("This stored file was damaged before the backup: %(file)s"))
        click.echo(told % {"file": file}, err=True)
    if keep is not None:
        drop_older(target, keep=keep)
    sys.exit(WRONG if made.damaged else 0)


def _summary(made: Made, say: Gettext) -> str:
    told = say(_("Backup %(file)s: database and %(files)s files, %(megabytes)s MB."))
    figures = {
        "file": made.file,
        "files": len(made.manifest.files),
        "megabytes": f"{made.file.stat().st_size / 1e6:.1f}",
    }
    return told % figures


def refuse(no: NotDone, say: Gettext) -> NoReturn:
    """Say why not, and leave with 1."""
    click.echo(no.said(say), err=True)
    sys.exit(WRONG)


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM ends like Ctrl-C does, so that drafts are removed on the way out."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with ExitStack() as stack:
        before = signal.signal(signal.SIGTERM, stop)
        stack.callback(signal.signal, signal.SIGTERM, before)
        yield
