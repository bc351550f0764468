from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from junheng.registry.demo.county import SEED
from junheng.registry.demo.load import load_county
from junheng.registry.demo.people import NotADemonstration


class Command(BaseCommand):
    help = "Loads the invented county of Yunhuai with its schools, classes, zones and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--history", action="store_true", help="Classes of six school years, for the register."
        )
        parser.add_argument("--seed", default=SEED, help="Text; the same gives the same county.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            loaded = load_county(options["seed"], history=options["history"])
        except NotADemonstration as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["verbosity"]:
            state = "loaded" if loaded.fresh else "there already"
            self.stdout.write(
                f"{loaded.schools} schools, {loaded.classes} classes, {loaded.zones} zones: {state}"
            )
