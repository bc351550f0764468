from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from junheng.registry.demo.county import SEED
from junheng.registry.demo.load_staff import load_further_staff
from junheng.registry.demo.register.load import load_register


class Command(BaseCommand):
    help = "Loads the pupils of the invented county, after `load_demo --history`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--townships", type=int, help="Only one school in town and so many rural townships."
        )
        parser.add_argument("--seed", default=SEED, help="Text; the same gives the same county.")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = time.monotonic()
        loaded = load_register(options["seed"], townships=options["townships"])
        took = time.monotonic() - began
        load_further_staff(options["seed"])
        if options["verbosity"]:
            self.stdout.write(
                f"{loaded.pupils} pupils, {loaded.on_the_roll} of them on the roll, "
                f"{loaded.standings} standings, in {took:.1f} s"
            )
