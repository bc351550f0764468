"""`junheng keys`: which keys there are, new ones, and everything sealed again with the newest."""

from __future__ import annotations

import sys

import click

from junheng.cli.backup import stoppable
from junheng.cli.language import lang_option, speaker
from junheng.cli.owner import as_owner, keys_file
from junheng.kernel.faults import gettext_noop as _

WRONG = 1


@click.group("keys")
def command() -> None:
    """Look at the installation's keys and change them. Copy the file of keys after each change."""


@command.command("list")
@lang_option
def list_keys(lang: str) -> None:
    """Show versions, fingerprints and how many values carry each sealing key; no secret."""
    say = speaker(lang)
    with as_owner(running=True):
        from django.conf import settings

        from junheng.commons.resealing import carried
        from junheng.site.backups.archive import fingerprints

        marks, counts = fingerprints(settings.KEYS), carried()
        for version in sorted(map(int, settings.KEYS["sealing"])):
            figures = {"version": version, "count": counts[version]}
            told = say(_("sealing %(version)s: carried by %(count)s values")) % figures
            click.echo(f"{told}  {marks[f'sealing.{version}']}")
        click.echo(f"blind-index  {marks['blind_index']}")
        for version in sorted(map(int, settings.KEYS["letters"])):
            click.echo(f"letters {version}  {marks[f'letters.{version}']}")
        fallbacks = len(settings.KEYS.get("django_old", []))
        click.echo(
            say(_("django: %(count)s older one still opens sessions")) % {"count": fallbacks}
        )


@command.group("rotate")
def rotate() -> None:
    """Make a new key of a kind."""


@rotate.command("sealing")
@lang_option
def rotate_sealing(lang: str) -> None:
    """Seal with a new key from now on; then `junheng keys reseal`. The site may go on."""
    with as_owner(running=True):
        from junheng.site.keys import NoVersionLeft, add_sealing_key

        try:
            version = add_sealing_key(keys_file())
        except NoVersionLeft:
            raise click.ClickException("there were 255 sealing keys already") from None
    say = speaker(lang)
    told = say(_("Key %(version)s seals from now on. Copy %(file)s, then `junheng keys reseal`."))
    click.echo(told % {"version": version, "file": keys_file()})


@rotate.command("django")
@lang_option
def rotate_django(lang: str) -> None:
    """Change the secret of sessions; running ones stay open. Restart the site afterwards."""
    with as_owner(running=True):
        from junheng.site.keys import change_django_key

        change_django_key(keys_file())
    click.echo(speaker(lang)(_("Restart the site: sessions stay open with the key before.")))


@rotate.command("letters")
@lang_option
def rotate_letters(lang: str) -> None:
    """Print the codes of letters with a new key from now on; letters that are out stay valid."""
    with as_owner(running=True):
        from junheng.site.keys import add_letter_key

        version = add_letter_key(keys_file())
    told = speaker(lang)(
        _("Key %(version)s prints letters from now on; older ones stay valid. Copy %(file)s.")
    )
    click.echo(told % {"version": version, "file": keys_file()})


@rotate.command("blind-index")
@lang_option
def rotate_blind_index(lang: str) -> None:
    """Change the key of look-ups and make every blind index again. The site must be stopped.

    Safe to kill and to run again: until all are made the old key counts.
    """
    with stoppable(), as_owner(running=False):
        from junheng.commons.resealing import make_indexes_again
        from junheng.site.keys import next_blind_index_key, promote_blind_index_key

        key = next_blind_index_key(keys_file())
        done = make_indexes_again(key)
        promote_blind_index_key(keys_file())
    told = speaker(lang)(_("%(count)s blind indexes were made again. Copy %(file)s."))
    click.echo(told % {"count": done, "file": keys_file()})


@command.command("reseal")
@lang_option
def reseal(lang: str) -> None:
    """Seal everything again with the newest key; a day after the change remove the old ones.

    The site may go on. Safe to kill and to run again. Exits 1 when values do not open: their
    keys stay.
    """
    say = speaker(lang)
    with stoppable(), as_owner(running=True):
        from django.conf import settings

        from junheng.commons.resealing import carried
        from junheng.commons.resealing import reseal as work
        from junheng.site.keys import drop_sealing_keys, rests_until

        with click.progressbar(length=_left(), file=sys.stderr) as bar:
            result = work(bar.update)
        have = {int(version) for version in settings.KEYS["sealing"]}
        idle = have - set(carried()) - {max(have)}
        until = rests_until(keys_file())
        if until is None:
            drop_sealing_keys(keys_file(), idle)
    click.echo(say(_("%(count)s values were sealed again.")) % {"count": result.done})
    for version in sorted(idle) if until else ():
        told = say(
            _(
                "Key %(version)s stays until %(until)s: work that began before the change may "
                "still carry it. Run this again then."
            )
        )
        click.echo(told % {"version": version, "until": f"{until:%Y-%m-%d %H:%M} UTC"})
    for version in () if until else sorted(idle):
        told = say(_("Key %(version)s, which nothing carries, was removed; older backups need it."))
        click.echo(told % {"version": version})
    if result.broken:
        told = say(_("%(count)s values do not open and were left; their keys stay."))
        click.echo(told % {"count": result.broken}, err=True)
        sys.exit(WRONG)


def _left() -> int:
    from junheng.commons.resealing import carried
    from junheng.commons.sealing import newest_version

    counts = carried()
    return sum(counts.values()) - counts[newest_version()]
