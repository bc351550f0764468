"""`round.toml`, or the workbook's sheet `round`, turned into the engine's rules.

The sheet has two columns, `key` and `value`, and the same keys; a list is written with
commas (`tier, sibling, ticket`), a key may carry its section (`lottery.seed`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from junheng.admissions.engine.types import Method, Mode, Rules, Silence, Unranked
from junheng.admissions.files.lotteries import version_faults
from junheng.admissions.files.modes import mode_faults
from junheng.admissions.files.raw import RawRules
from junheng.admissions.files.rulebook import REQUIRED, RULES, SECTIONS, Rule
from junheng.commons.tabular import Table, decode, missing, texts
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _

_RING = re.compile(r"[0-9]{1,9}:[0-9]{1,9}")


# --------------------------------------------------------------------------- as written


def read_toml(data: bytes, file: str) -> RawRules:
    """Read `round.toml`.

    Raises:
        Refused: If it is empty, in an unknown encoding or not TOML.
    """
    text = decode(data, file)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line ([0-9]+)", str(error))
        raise Refused([_not_toml(file, int(line[1]) if line else None)]) from None
    values = {name: v for name, v in document.items() if isinstance(v, dict)}
    loose = {name: v for name, v in document.items() if not isinstance(v, dict)}
    if loose:
        values[""] = loose
    return RawRules(file, values, dict(_lines(text)))


def _lines(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    """Where each key stands, near enough for a message."""
    section = ""
    for row, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([\w-]+)\s*\]", line):
            section = header[1]
        elif entry := re.match(r"\s*([\w-]+)\s*=", line):
            yield (section, entry[1]), row


def _not_toml(file: str, line: int | None) -> Fault:
    return fault(
        file,
        line,
        "",
        _("The line cannot be read."),
        _('Write key = value, text in "quotes", lists in [brackets], sections as [round].'),
    )


def read_sheet(table: Table) -> tuple[RawRules | None, list[Fault]]:
    """Read the sheet `round` with its columns `key` and `value`.

    Returns:
        The rules as written, and what is wrong with the sheet itself; None for the rules if
        a column is missing.
    """
    if absent := missing(table, ("key", "value")):
        return None, [*table.faults, *absent]
    keys, key_faults = texts(table, "key")
    values, value_faults = texts(table, "value")
    faults = [*table.faults, *key_faults, *value_faults]
    found: dict[str, dict[str, object]] = {}
    rows: dict[tuple[str, str], int] = {}
    for row, name, text in zip(table.numbers, keys, values, strict=True):
        rule = next((r for r in RULES if name in (r.key, f"{r.section}.{r.key}")), None)
        section, key = (rule.section, rule.key) if rule else ("", name)
        if (section, key) in rows:
            faults.append(_twice(table.name, row, key))
            continue
        rows[section, key] = row
        if text:
            found.setdefault(section, {})[key] = rule.from_text(text) if rule else text
    return RawRules(table.name, found, rows), faults


def _twice(file: str, row: int, key: str) -> Fault:
    return fault(file, row, key, _("The rule is written twice."), _("Delete one of the two rows."))


# ------------------------------------------------------------------------------ as meant


@dataclass(frozen=True, slots=True)
class ReadRules:
    """The rules that could be read, with what is wrong with the others.

    Attributes:
        values: Value by key; what is missing here has a fault.
        faults: Every fault found.
    """

    values: Mapping[str, Any]
    faults: Sequence[Fault]

    def finished(self) -> Rules | None:
        """The rules for the engine, or None if one is faulty or none were given."""
        if self.faults or len(self.values) < len(RULES):
            return None
        kinds = {"method": Method, "mode": Mode, "silence": Silence, "unranked": Unranked}
        chosen = {key: kind(v) for key, kind in kinds.items() if (v := self.values[key])}
        return Rules(**{**self.values, **chosen})


def check_rules(raw: RawRules) -> ReadRules:
    """Read every rule, whether or not the others are right."""
    faults = list(_unknown(raw))
    values: dict[str, Any] = {}
    for rule in RULES:
        wrong = _read_rule(raw, rule, raw.values.get(rule.section, {}), values)
        faults += [wrong] if wrong else []
    if "method" in values and "seed" in values:
        faults += _seed_faults(raw, values["method"], values["seed"])
    faults += version_faults(raw, values)
    faults += mode_faults(raw, values)
    return ReadRules(values, faults)


def _read_rule(
    raw: RawRules, rule: Rule, given: Mapping[str, object], values: dict[str, Any]
) -> Fault | None:
    row = raw.rows.get((rule.section, rule.key))
    if rule.key not in given:
        if rule.default is REQUIRED:
            return fault(raw.file, row, rule.key, _("The rule is missing."), rule.fix)
        values[rule.key] = rule.default
        return None
    try:
        values[rule.key] = rule.read(given[rule.key])
    except ValueError:
        return fault(
            raw.file,
            row,
            rule.key,
            _("“%(value)s” cannot stand here."),
            rule.fix,
            value=given[rule.key],
        )
    return None


def _unknown(raw: RawRules) -> Iterator[Fault]:
    known = {(rule.section, rule.key) for rule in RULES}
    for section, keys in raw.values.items():
        for key in keys:
            if (section, key) not in known:
                yield fault(
                    raw.file,
                    raw.rows.get((section, key)),
                    key,
                    _("There is no such rule under [%(section)s]."),
                    _("Correct its spelling or section, or delete the line; known are: %(known)s."),
                    section=section,
                    known=", ".join(
                        r.key for r in RULES if r.section == section or section not in SECTIONS
                    ),
                )


def _seed_faults(raw: RawRules, method: str, seed: str) -> Iterator[Fault]:
    row = raw.rows.get(("lottery", "seed"))
    if not seed:
        yield fault(
            raw.file,
            row,
            "seed",
            _("There is no seed, and without a seed there is no round."),
            _("Write the seed that was drawn in public, or give it with --seed."),
        )
    elif method == Method.RING and not _RING.fullmatch(seed):
        yield fault(
            raw.file,
            row,
            "seed",
            _("“%(value)s” is not a seed for ring-interval."),
            _("Write the number drawn first and the interval, such as 6:3."),
            value=seed,
        )


def check_ring(raw: RawRules, read: ReadRules, units: int) -> list[Fault]:
    """A fault when the ring cannot be drawn: the start must be one of its places.

    Args:
        raw: The rules as written.
        read: The rules as read.
        units: How many stand on the ring, each group counting as one.
    """
    seed = read.values.get("seed", "")
    if read.values.get("method") != Method.RING or not _RING.fullmatch(seed):
        return []
    start, interval = map(int, seed.split(":"))
    if 1 <= start <= units and interval >= 1:
        return []
    return [
        fault(
            raw.file,
            raw.rows.get(("lottery", "seed")),
            "seed",
            _("“%(value)s” does not fit the ring, which has %(units)s places."),
            _("The first number lies between 1 and %(units)s, the interval is at least 1."),
            value=seed,
            units=units,
        )
    ]
