"""`junheng restore`: make this installation what it was when a backup was made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from junheng.cli.backup import refuse, stoppable
from junheng.cli.language import lang_option, speaker
from junheng.cli.owner import as_owner, keys_file
from junheng.kernel.faults import Gettext
from junheng.kernel.faults import gettext_noop as _

if TYPE_CHECKING:
    from junheng.site.backups.archive import Manifest


@click.command("restore")
@click.argument("archive", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only verify FILE; no installation is needed.")
@click.option("--replace", is_flag=True, help="Put it in the place of the data that are here.")
@click.option("--other-keys", is_flag=True, help="Go on though sealed values will not open.")
@lang_option
def command(
    archive: Path,
    check: bool,  # noqa: FBT001 (click hands its flags over by name)
    replace: bool,  # noqa: FBT001 (as above)
    other_keys: bool,  # noqa: FBT001 (as above)
    lang: str,
) -> None:
    """Restore the backup FILE into this installation (JUNHENG_VAR); the site must be stopped.

    FILE is verified first. Exits 0 when it is done, 1 when it is not and nothing was changed,
    2 for wrong use.
    """
    say = speaker(lang)
    if check:
        _check(archive, say)
        return
    with stoppable(), as_owner(running=False):
        from junheng.site.backups.refusals import NotDone
        from junheng.site.backups.restore import Wishes, restore

        wishes = Wishes(keys=keys_file(), replace=replace, other_keys=other_keys)
        try:
            done = restore(archive, wishes)
        except NotDone as no:
            refuse(no, say)
    click.echo(_summary(done.manifest, say))
    if done.removed:
        click.echo(say(_("%(count)s newer files were removed.")) % {"count": done.removed})
    if done.keys_kept_at:
        told = say(_("The keys are those of the backup; the ones before are at %(file)s."))
        click.echo(told % {"file": done.keys_kept_at})
    click.echo(say(_("Now start the site with `junheng serve`: it brings tables up to date.")))


def _check(archive: Path, say: Gettext) -> None:
    from junheng.site.backups.archive import verified
    from junheng.site.backups.refusals import NotDone

    try:
        manifest = verified(archive)
    except NotDone as no:
        refuse(no, say)
    click.echo(_summary(manifest, say))


def _summary(manifest: Manifest, say: Gettext) -> str:
    told = say(
        _("Backup of %(at)s, made by Junheng %(software)s: %(files)s files, every one sound.")
    )
    figures = {
        "at": manifest.made_at[:16].replace("T", " ") + " UTC",
        "software": manifest.software,
        "files": len(manifest.files),
    }
    return told % figures
