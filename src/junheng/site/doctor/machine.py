"""Checks that need neither the settings nor the database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from junheng.kernel.faults import gettext_noop as _
from junheng.site.doctor.findings import Findings, Needs, Patient, check, fault, warning

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18
GIGABYTE = 1_000_000_000
NO_ROOM_BYTES = GIGABYTE
LITTLE_ROOM_BYTES = 5 * GIGABYTE
ANSWER_SECONDS = 10
OTHERS = 0o077


@check("python", needs=Needs.MACHINE)
def python_is_new_enough(_patient: Patient) -> Findings:
    """Is Python new enough?"""
    if sys.version_info < OLDEST_PYTHON:
        yield fault(
            _("This is Python %(found)s; Junheng needs 3.11 or newer."),
            _("Install a newer Python and run `make setup PYTHON=…` again."),
            found=".".join(map(str, sys.version_info[:3])),
        )


@check("node", needs=Needs.MACHINE)
def node_is_new_enough(_patient: Patient) -> Findings:
    """Is Node there and new enough for the next installation?"""
    found = node_version()
    if found is None:
        yield warning(
            _("Node is not installed. The running site does not need it; the next upgrade does."),
            _("Install Node 18 or newer before you upgrade."),
        )
    elif found < OLDEST_NODE:
        yield warning(
            _("Node %(found)s is too old for the next upgrade."),
            _("Install Node 18 or newer before you upgrade."),
            found=found,
        )


def node_version() -> int | None:
    """The major version of Node, None without Node."""
    try:
        said = subprocess.run(
            ["node", "--version"], capture_output=True, timeout=ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    major = said.stdout.decode().strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else None


@check("data-folder", needs=Needs.MACHINE)
def data_folder_is_ours(patient: Patient) -> Findings:
    """Can the folder of data be written?"""
    if not patient.var.is_dir():
        yield fault(
            _("There is no folder %(folder)s: nothing was started here yet."),
            _("Set JUNHENG_VAR to the folder of your data, or start with `junheng serve`."),
            folder=patient.var,
        )
    elif not os.access(patient.var, os.W_OK | os.X_OK):
        yield fault(
            _("The folder %(folder)s cannot be written by this account."),
            _("Run this as the account that runs the site, or give it the folder (chown)."),
            folder=patient.var,
        )


@check("disk-space", needs=Needs.MACHINE)
def disk_has_room(patient: Patient) -> Findings:
    """Is there room on the disk?"""
    folder = nearest(patient.var)
    free = shutil.disk_usage(folder).free
    figures = {"folder": folder, "free": f"{free / GIGABYTE:.1f}"}
    if free < NO_ROOM_BYTES:
        yield fault(
            _("Only %(free)s GB are free on the disk of %(folder)s."),
            _("Make room now: a full disk stops saving. Old backups are the usual place."),
            **figures,
        )
    elif free < LITTLE_ROOM_BYTES:
        yield warning(
            _("Only %(free)s GB are free on the disk of %(folder)s."),
            _("Plan for a larger disk, or move old backups away."),
            **figures,
        )


def nearest(folder: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    return next(step for step in (folder, *folder.parents) if step.is_dir())


@check("keys", needs=Needs.MACHINE)
def keys_can_be_read(patient: Patient) -> Findings:
    """Can the keys be read, and are they whole?"""
    try:
        keys = json.loads(patient.keys.read_bytes())
        whole = bool(keys["django"]) and bool(keys["sealing"]) and bool(keys["blind_index"])
    except FileNotFoundError:
        yield fault(
            _("There are no keys at %(file)s."),
            _("Put your copy of the keys there. New ones are made only for a new installation."),
            file=patient.keys,
        )
    except OSError as error:
        yield fault(
            _("The keys at %(file)s cannot be read (%(why)s)."),
            _("Run this as the account that runs the site, or give it the file (chown)."),
            file=patient.keys,
            why=error.strerror,
        )
    except (ValueError, KeyError, TypeError):
        yield from _damaged(patient.keys)
    else:
        if not whole:
            yield from _damaged(patient.keys)


def _damaged(file: Path) -> Findings:
    yield fault(
        _("The file of keys %(file)s is damaged."),
        _("Put your copy of the keys there; sealed values open with those only."),
        file=file,
    )


@check("keys-private", needs=Needs.MACHINE)
def keys_are_private(patient: Patient) -> Findings:
    """Are the keys readable by their owner only?"""
    if patient.keys.exists() and (mode := patient.keys.stat().st_mode & 0o777) & OTHERS:
        yield fault(
            _("The keys at %(file)s can be read by others (mode %(mode)s)."),
            _("Close the file now with `chmod 600 %(file)s`, and find out who has read it."),
            file=patient.keys,
            mode=f"{mode:04o}",
        )


@check("keys-letters", needs=Needs.MACHINE)
def letters_have_keys(patient: Patient) -> Findings:
    """Do the codes on letters have keys of their own?"""
    try:
        letters = json.loads(patient.keys.read_bytes()).get("letters")
    except (OSError, ValueError, AttributeError):
        return  # told under "keys"
    if not letters:
        yield warning(
            _("The codes on letters still hang on the secret of sessions in %(file)s."),
            _("Run `junheng prepare`, which keeps it for the letters, and copy the file anew."),
            file=patient.keys,
        )
