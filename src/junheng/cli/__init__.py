"""The command `junheng`.

Each subcommand lives in a module of its own that is imported when it is used, so that
`junheng admit` needs neither the site nor a database.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = (
    *("admit", "verify", "seed", "draw", "explain", "sample", "county"),
    *("aid", "facts"),
    *("serve", "demo", "prepare", "upgrade", "doctor", "backup", "restore", "keys"),
    "manage",
)


class _Lazy(click.Group):
    """Subcommands by module: `junheng.cli.<name>.command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"junheng.cli.{cmd_name}").command
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="junheng", message="junheng %(version)s")
def main() -> None:
    """Junheng: every child gets a seat near home, and everybody can see that it was fair."""
