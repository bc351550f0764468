"""PostgreSQL's own programs, pointed at this installation's database."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.conf import settings
from psycopg.conninfo import make_conninfo

from junheng.commons.connecting import own_parameters
from junheng.kernel.faults import gettext_noop as _
from junheng.site.backups.archive import CHUNK
from junheng.site.backups.refusals import NotRestored, NotWritten

DUMP = ("--format=plain", "--no-owner", "--no-privileges", "--encoding=UTF8")
LAST_WORDS = 500

EMPTY = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm') LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE',
            CASE found.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, found.name);
    END LOOP;
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', found.name);
    END LOOP;
    FOR found IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' LOOP
        EXECUTE format('DROP SEQUENCE IF EXISTS %s CASCADE', found.name);
    END LOOP;
    FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', found.name);
    END LOOP;
    FOR found IN SELECT t.oid::regtype AS name FROM pg_type t
        WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd', 'c') LOOP
        EXECUTE format('DROP TYPE IF EXISTS %s CASCADE', found.name);
    END LOOP;
END $$;
"""
"""Drops what stands in the schema but not the schema: on some servers it is not ours to drop."""


def dump() -> Iterator[bytes]:
    """The whole database as SQL, as it is at one moment.

    Raises:
        NotWritten: If the server or its program gives up; what was yielded is then no use.
    """
    with tempfile.TemporaryFile() as said, _started("pg_dump", *DUMP, errors=said) as program:
        assert program.stdout is not None  # noqa: S101  # we asked for a pipe
        try:
            while chunk := program.stdout.read(CHUNK):
                yield chunk
        except BaseException:
            program.kill()
            raise
        if program.wait() != 0:
            raise NotWritten(
                _("The database could not be read: %(why)s"),
                _("No backup was written. `junheng doctor` looks at the database."),
                why=_last_words(said),
            )


def load(script: Iterable[bytes]) -> None:
    """Put the SQL of a backup in the place of all tables, in one transaction.

    The last word, COMMIT, is only sent when everything before it was: whatever breaks off
    leaves the database as it was.

    Raises:
        NotRestored: If the server refuses.
    """
    flags = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-")
    with tempfile.TemporaryFile() as said, _started("psql", *flags, errors=said) as program:
        assert program.stdin is not None  # noqa: S101  # we asked for a pipe
        try:
            _feed(program.stdin, script)
        except BrokenPipeError:
            program.wait()
        except BaseException:
            program.kill()
            raise
        if program.wait() != 0:
            raise NotRestored(
                _("The database refused: %(why)s"),
                _("Nothing was changed."),
                why=_last_words(said),
            )


def _feed(stdin: IO[bytes], script: Iterable[bytes]) -> None:
    with stdin:
        stdin.write(b"BEGIN;\nSET LOCAL lock_timeout = '10s';\n" + EMPTY.encode())
        for chunk in script:
            stdin.write(chunk)
        stdin.write(b"\nCOMMIT;\n")


def _started(program: str, *args: str, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    params = own_parameters()
    password = str(params.pop("password", None) or "")
    for session in ("client_encoding", "prepare_threshold"):
        params.pop(session, None)
    target = make_conninfo(**params)
    # The password goes through the environment: command lines are read by everybody.
    environment = {**os.environ, "PGPASSWORD": password, "PGTZ": "UTC", "PGOPTIONS": ""}
    return subprocess.Popen(
        [str(settings.SERVER.program(program)), *args, f"--dbname={target}"],
        stdin=subprocess.PIPE if program == "psql" else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if program == "psql" else subprocess.PIPE,
        stderr=errors,
        env=environment,
    )


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    told = next((line for line in lines if "ERROR" in line or "error" in line), None)
    return (told or " ".join(lines))[:LAST_WORDS]
