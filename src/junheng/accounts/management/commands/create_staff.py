"""`create_staff`: the first accounts of an installation, which nobody is there yet to open."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from junheng.accounts.facade import Role, grant, make_account
from junheng.accounts.services.people import first_post
from junheng.commons.refusals import Refusal
from junheng.places.facade import Organisation


class Command(BaseCommand):
    """Arguments in, an account with a post, its first password out: once, and nowhere else."""

    help = (
        "Make an account with a post: for the first system, security and audit administrators."
        " Everybody else is opened by the first and appointed by the second."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("organisation", help="code of the organisation, such as the bureau's")
        parser.add_argument("--name", default="", help="the person's name")

    def handle(self, *_args: Any, **options: Any) -> None:
        home = Organisation.objects.filter(code=options["organisation"]).first()
        if home is None:
            raise CommandError(
                gettext("No organisation bears the code %(code)s.")
                % {"code": options["organisation"]}
            )
        try:
            password = self._create(options["username"], options["name"], options["role"], home)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(gettext("Username: %(name)s") % {"name": options["username"]})
        self.stdout.write(gettext("Password for one sign-in: %(words)s") % {"words": password})

    @transaction.atomic
    def _create(self, username: str, name: str, role: str, home: Organisation) -> str:
        post = first_post(home, role)
        user, password = make_account(username=username, name=name or username, home=home)
        grant(user=user, post=post, valid_from=timezone.localdate(), why="create_staff")
        return password
