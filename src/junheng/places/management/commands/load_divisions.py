"""`load_divisions FILE`: bring the tree of places up to a file of divisions."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from junheng.kernel.faults import Refused
from junheng.places.facade import Loaded, Place, load_divisions


class Command(BaseCommand):
    """Arguments in, one service, the differences out."""

    help = "Load administrative divisions (code, name, level, parent_code) from a CSV or workbook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--on", type=date.fromisoformat, help="day from which differences hold (default: today)"
        )
        parser.add_argument("--within", help="code of the place below which the file is complete")

    def handle(self, *_args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            loaded = load_divisions(file, on=options["on"], within=options["within"])
        except OSError as trouble:
            raise CommandError(f"{file}: {trouble.strerror}") from trouble
        except Refused as refused:
            lines = (str(found.said_in(gettext)) for found in refused.faults)
            raise CommandError("\n".join(lines), returncode=1) from refused
        except Place.DoesNotExist:
            raise CommandError(
                gettext("No place bears the code %(code)s.") % {"code": options["within"]}
            ) from None
        self._report(loaded)

    def _report(self, loaded: Loaded) -> None:
        counts = {
            "added": len(loaded.added),
            "changed": len(loaded.changed),
            "ended": len(loaded.ended),
            "unchanged": loaded.unchanged,
        }
        self.stdout.write(
            gettext(
                "%(added)d places added, %(changed)d changed, %(ended)d ended,"
                " %(unchanged)d unchanged."
            )
            % counts
        )
        for code in loaded.ended:
            self.stdout.write(gettext("ended: %(code)s") % {"code": code})
        for code in loaded.stranded:
            self.stderr.write(
                gettext("The organisation %(code)s stands at a place that has ended: move it.")
                % {"code": code}
            )
