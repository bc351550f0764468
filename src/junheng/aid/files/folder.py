"""The folder of a period: `period.toml`, and Parquet files under `facts`, `paid` and `given`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from junheng.aid.engine.policies import Period
from junheng.aid.files.entries import Entries, read_toml
from junheng.aid.files.tables import table_faults
from junheng.aid.runners.base import FACTS_TABLE, GIVEN_TABLE, PAID_TABLE
from junheng.aid.runners.parquet import fenced
from junheng.kernel.faults import Refused, fault
from junheng.kernel.faults import gettext_noop as _

PERIOD = "period.toml"
TABLES = {"facts": FACTS_TABLE, "given": GIVEN_TABLE, "paid": PAID_TABLE}


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies in the folder of a period, found sound.

    Attributes:
        path: Where.
        period: The term or year.
        files: By table, in the order of their names; only `facts` has some for certain.
    """

    path: Path
    period: Period
    files: dict[str, tuple[Path, ...]]


def read_folder(path: Path) -> Folder:
    """Look at a folder.

    Raises:
        Refused: With every fault.
    """
    period = _period(path)
    files = {name: tuple(sorted((path / name).rglob("*.parquet"))) for name in TABLES}
    if not files["facts"]:
        told = _("There are no facts: no Parquet file lies in this folder.")
        raise Refused(
            [fault("facts", None, "", told, _("Export them with `junheng facts export`."))]
        )
    with TemporaryDirectory() as spill, fenced([path], Path(spill)) as engine:
        faults = [
            each
            for name, columns in TABLES.items()
            for each in table_faults(engine, files[name], columns, within=path)
        ]
    if faults:
        raise Refused(faults)
    return Folder(path, period, files)


def write_period(period: Period) -> str:
    """`period.toml`."""
    return f'code = "{period.code}"\nfrom = {period.starts_on}\nuntil = {period.ends_on}\n'


def _period(path: Path) -> Period:
    if not (path / PERIOD).is_file():
        told = _("The file is missing.")
        fix = _("Write it with code, from and until: the first and the last day of the period.")
        raise Refused([fault(PERIOD, None, "", told, fix)])
    entries = Entries(PERIOD, "", read_toml((path / PERIOD).read_bytes(), PERIOD))
    entries.known(("code", "from", "until"))
    code = entries.text("code")
    start, end = entries.take("from", date), entries.take("until", date)
    if start and end and end < start:
        entries.refuse("until", _("The period ends before it starts."), "")
    if entries.faults or code is None or start is None or end is None:
        raise Refused(entries.faults)
    return Period(code, start, end)
