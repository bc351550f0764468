"""Spark: a province on many machines, or on one with `local[*]`; the extra `spark`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from junheng.aid.runners.base import Columns
from junheng.aid.runners.parquet import fenced, quoted, write_foreign

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "true",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}

LOCAL_PARTS = "8"
"""One machine has few cores: two hundred small tasks, Spark's own number, only cost time."""


class NoSpark(Exception):
    """Spark's packages, or Java, are not on this machine."""


class Spark:
    """A run on Spark.

    What is kept is written to the spill folder as Parquet, so that nothing is computed twice;
    on many machines this is a folder that all of them share, and so are those of the files.

    Args:
        folders: Where its files are.
        spill: A folder for tables in between.
        master: Where it runs; "local[*]" is this machine.

    Raises:
        NoSpark: If pyspark or Java is missing.
    """

    dialect = "spark"

    def __init__(self, folders: Iterable[Path], spill: Path, *, master: str = "local[*]") -> None:
        self._folders = tuple(folders)
        self._spill = spill
        self._session = _session(master, spill)

    def load(self, table: str, columns: Columns, files: Sequence[Path]) -> None:
        kinds = {name: kind.replace("VARCHAR", "STRING") for name, kind in columns.items()}
        if files:
            # File by file: each may write a number in a width of its own.
            parts = [self._session.read.parquet(str(file)) for file in files]
            cast = [f"CAST({name} AS {kind}) AS {name}" for name, kind in kinds.items()]
            frame = parts[0].selectExpr(*cast)
            for part in parts[1:]:
                frame = frame.unionByName(part.selectExpr(*cast))
        else:
            frame = self._session.createDataFrame(
                [], ", ".join(f"{name} {kind}" for name, kind in kinds.items())
            )
        frame.createOrReplaceTempView(table)

    def keep(self, table: str, statement: str) -> None:
        folder = str(self._spill / "tables" / table)
        self._session.sql(statement).write.mode("overwrite").parquet(folder)
        self._session.read.parquet(folder).createOrReplaceTempView(table)

    def show(self, name: str, statement: str) -> None:
        self._session.sql(statement).createOrReplaceTempView(name)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(statement).collect()]

    def write(self, statement: str, columns: Columns, order: Sequence[str], file: Path) -> None:
        with TemporaryDirectory(dir=self._spill) as folder:
            between = Path(folder) / "rows"
            self._session.sql(statement).write.parquet(str(between))
            found = f"SELECT * FROM read_parquet({quoted(between)} || '/*.parquet')"
            with fenced((*self._folders, file.parent), self._spill) as engine:
                write_foreign(engine, found, columns, order, file)

    def close(self) -> None:
        self._session.stop()


def _session(master: str, spill: Path) -> Any:
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoSpark("pyspark") from error
    builder = SparkSession.builder.master(master).appName("junheng")
    settings = {**_SETTINGS, "spark.local.dir": str(spill)}
    if master.startswith("local"):
        settings["spark.sql.shuffle.partitions"] = LOCAL_PARTS
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, RuntimeError, FileNotFoundError) as error:
        raise NoSpark("java") from error
    session.sparkContext.setLogLevel("ERROR")
    return session
