"""Folders that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click


class Unwritable(click.ClickException):
    """The folder cannot be written; nothing was left there."""

    exit_code = 2


def refuse_full(folder: Path, what: str, *, replaceable: Collection[str] = ()) -> None:
    """Refuse a folder in which something else would be overwritten.

    Args:
        folder: Where the files shall go.
        what: The folder's name in the usage line.
        replaceable: Names that may be there, because the user asked to replace them.

    Raises:
        Unwritable: If it is a file, or holds anything but `replaceable`, or its parent is
            missing or read-only.
    """
    if folder.exists() and not folder.is_dir():
        raise Unwritable(f"{what} {folder} is a file; name a folder.")
    held = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if strangers := sorted(held.difference(replaceable)):
        hint = " Empty it or name another." if replaceable else " Name a new or empty folder."
        raise Unwritable(f"{what} {folder} is not empty (there is {strangers[0]}).{hint}")
    parent = _nearest(folder.absolute().parent)
    if not os.access(parent, os.W_OK | os.X_OK):
        raise Unwritable(f"{what} {folder} cannot be written: {parent} is not yours to write in.")


def _nearest(folder: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    while not folder.is_dir():
        if folder.exists():
            raise Unwritable(f"{folder} is a file; a folder cannot be made in it.")
        folder = folder.parent
    return folder


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files into a new folder beside the target, then put it in the target's place.

    Raises:
        Unwritable: If that fails, for example because the disk is full; the target is then
            as it was before.
    """
    with new_folder(folder) as part:
        for name, content in files.items():
            _write(part / name, content)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside the target to write into; it takes the target's place at the end.

    Raises:
        Unwritable: As for `write_folder`.
    """
    target = folder.absolute()
    part = target.parent / f".{target.name}.part-{os.getpid()}"
    with _told(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        try:
            part.mkdir()
            yield part
            _swap(part, target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _swap(part: Path, target: Path) -> None:
    """Put `part` where `target` is; an earlier result goes only after the new one is there."""
    if not target.exists() or not any(target.iterdir()):
        part.rename(target)  # onto an empty folder this replaces it in one step
        return
    old = part.with_name(part.name + "-old")
    target.rename(old)
    try:
        part.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what a killed run left beside the target."""
    for left in target.parent.glob(f".{target.name}.part-*"):
        owner = left.name.rpartition("part-")[2]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why = "the disk is full" if full else (error.strerror or str(error))
        raise Unwritable(f"{folder} was not written: {why}. Nothing was left half-done.") from None
