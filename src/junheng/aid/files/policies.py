"""Policies as TOML: one file for each, with all its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from junheng.aid.engine.conditions import Condition, NotAllowed, read_condition
from junheng.aid.engine.facts import MONEY
from junheng.aid.engine.policies import (
    CountedOn,
    GivesWayWrongly,
    Period,
    Policy,
    Rate,
    counts_of,
    is_code,
)
from junheng.aid.engine.shares import NotAShare, Share
from junheng.aid.files.condition_faults import condition_fault
from junheng.aid.files.described import Clause, Described, InBoth, Kind, Level, Version
from junheng.aid.files.entries import Entries, read_toml
from junheng.kernel.faults import Fault, Refused, fault
from junheng.kernel.faults import gettext_noop as _
from junheng.kernel.money import Fen, NotMoney

_KEYS = ("code", "level", "kind", "funds", "title", "plain", "version")
_VERSION = (
    *("number", "from", "to", "counted_on", "once", "gives_way_to"),
    *("document", "document_number", "condition", "rate"),
)


def read_policies(files: Mapping[str, bytes]) -> tuple[Described, ...]:
    """Policies from their files.

    Args:
        files: By name, each ending in `.toml`.

    Returns:
        By code.

    Raises:
        Refused: With every fault of every file.
    """
    read, faults = [], []
    for name in sorted(files):
        try:
            read.append(read_policy(files[name], name))
        except Refused as refused:
            faults += refused.faults
    faults += _together(read)
    if faults:
        raise Refused(faults)
    return tuple(sorted(read, key=lambda one: one.code))


def read_policy(data: bytes, file: str) -> Described:
    """One policy.

    Args:
        data: The file's contents.
        file: Its name; without `.toml` it is the policy's code.

    Raises:
        Refused: With every fault.
    """
    entries = Entries(file, "", read_toml(data, file))
    entries.known(_KEYS)
    code = entries.text("code")
    if code is not None and f"{code}.toml" != file:
        entries.refuse("code", _("The file of a policy is called like its code."), "")
    if code is not None and not is_code(code):
        told = _("A code has at most 40 small letters, digits and underscores, a letter first.")
        entries.refuse("code", told, _("Choose another."))
    level, kind = _one_of(entries, "level", Level), _one_of(entries, "kind", Kind)
    title = _both(entries, "title")
    plain = _both(entries, "plain") if "plain" in entries.table else None
    funds = entries.text("funds")
    rows = entries.each("version", "version")
    versions = [_version(one, code if code and is_code(code) else "a") for one in rows]
    if not versions:
        entries.refuse("version", _("The policy has no version."), _("Add [[version]]."))
    if entries.faults or code is None or title is None or funds is None or not (level and kind):
        raise Refused(entries.faults)
    whole = sorted((one for one in versions if one), key=lambda one: one.policy.version)
    _one_at_a_time(entries, whole)
    return Described(code, level, kind, title, plain, funds, tuple(whole))


def check_period(policies: Iterable[Described], period: Period) -> None:
    """See that a set of policies can be counted in a period.

    Raises:
        Refused: If two give way to each other, or to one that is counted on other days.
    """
    versions = [version.policy for one in policies for version in one.versions]
    try:
        counts_of(versions, period)
    except GivesWayWrongly as error:
        told = _("%(code)s cannot give way to %(other)s in the period %(period)s.")
        fix = _("A policy gives way to others that are counted on the same days, in no circle.")
        figures = {"code": error.code, "other": error.other, "period": period.code}
        raise Refused([fault(f"{error.code}.toml", None, "", told, fix, **figures)]) from None


def _together(read: list[Described]) -> list[Fault]:
    """What only all files together show."""
    codes = {one.code for one in read}
    return [
        fault(
            f"{one.code}.toml",
            None,
            f"version {version.policy.version}, gives_way_to",
            _("There is no policy “%(other)s”."),
            _("Add its file, or take it out of this list."),
            other=other,
        )
        for one in read
        for version in one.versions
        for other in version.policy.gives_way_to
        if other not in codes
    ]


def _one_at_a_time(entries: Entries, versions: list[Version]) -> None:
    """Versions have numbers of their own, and no day has two of them."""
    numbers = [one.policy.version for one in versions]
    if len(set(numbers)) < len(numbers):
        entries.refuse("version", _("Two versions have the same number."), "")
    by_day = sorted((one.policy for one in versions), key=lambda one: one.valid_from)
    for one, following in pairwise(by_day):
        if one.holds_on(following.valid_from):
            entries.refuse(
                "version",
                _("Versions %(one)s and %(other)s are both in force on %(day)s."),
                _("Give the earlier one a “to”: the first day on which it does not hold."),
                one=one.version,
                other=following.version,
                day=following.valid_from,
            )
    if entries.faults:
        raise Refused(entries.faults)


def _version(entries: Entries, code: str) -> Version | None:
    entries.known(_VERSION)
    number = entries.take("number", int)
    start = entries.take("from", date)
    end = entries.take("to", date) if "to" in entries.table else None
    counted_on = _one_of(entries, "counted_on", CountedOn)
    once = entries.take("once", bool, default=False)
    ways = _codes(entries)
    document = entries.text("document")
    document_number = entries.text("document_number", "")
    asked = [_condition(one) for one in entries.each("condition", "condition")]
    rates = [_rate(one) for one in entries.each("rate", "rate")]
    if not rates:
        entries.refuse("rate", _("The version has no rate."), _("Add [[version.rate]]."))
    if number is not None and number < 1:
        entries.refuse("number", _("Versions are numbered from 1."), "")
    if start and end and end <= start:
        entries.refuse("to", _("The version ends before it begins."), "")
    if entries.faults or number is None or start is None or counted_on is None:
        return None
    conditions = [one for one in asked if one]
    policy = Policy(
        code,
        number,
        start,
        end,
        counted_on,
        tuple(condition for condition, _clause in conditions),
        tuple(rate for rate in rates if rate),
        ways,
        bool(once),
    )
    if policy.shares_each_month:
        told = _("Amounts are told for a term, so a share of one is not paid each month.")
        entries.refuse("counted_on", told, _("Count it on the first or the last day."))
    clauses = tuple(clause for _condition, clause in conditions)
    return Version(policy, document or "", document_number or "", clauses)


def _condition(entries: Entries) -> tuple[Condition, Clause] | None:
    entries.known(("when", "clause", "place"))
    condition = _read(entries)
    sentence, place = entries.text("clause", ""), entries.text("place", "")
    if condition is None or sentence is None or place is None:
        return None
    return condition, Clause(sentence, place)


def _read(entries: Entries) -> Condition | None:
    text = entries.take("when", str)
    if text is None:
        return None
    try:
        return read_condition(text)
    except NotAllowed as error:
        entries.faults.append(condition_fault(error, entries.file, entries.place))
        return None


def _rate(entries: Entries) -> Rate | None:
    entries.known(("when", "yuan", "share", "of"))
    when = _read(entries) if "when" in entries.table else None
    if not {"share", "of"} & set(entries.table):
        return _fixed(entries, when)
    if "yuan" in entries.table:
        told = _("A rate is an amount or a share of one, not both.")
        entries.refuse("yuan", told, _("Take out “yuan”, or “share” and “of”."))
        return None
    return _shared(entries, when)


def _fixed(entries: Entries, when: Condition | None) -> Rate | None:
    yuan = entries.text("yuan")
    if yuan is None:
        return None
    try:
        return Rate(when, Fen.parse(yuan).amount)
    except (NotMoney, ValueError):
        entries.refuse(
            "yuan",
            _("“%(yuan)s” is no amount that can be paid."),
            _("Write yuan in quotes with at most two decimals, from 0.01 to 10,000,000."),
            yuan=yuan,
        )
        return None


def _shared(entries: Entries, when: Condition | None) -> Rate | None:
    percent, of = entries.text("share"), entries.text("of")
    if of is not None and of not in MONEY:
        told, fix = _("“%(of)s” is no fact that is an amount."), _("Use one of: %(known)s.")
        entries.refuse("of", told, fix, of=of, known=", ".join(MONEY))
        return None
    if percent is None or of is None:
        return None
    try:
        return Rate(when, Share.parse(percent, of))
    except NotAShare:
        entries.refuse(
            "share",
            _("“%(percent)s” is no share that can be paid."),
            _("Write a percentage in quotes with at most one decimal, from %(least)s to %(most)s."),
            percent=percent,
            least=Share(1, of).percent,
            most=Share(1000, of).percent,
        )
        return None


def _one_of(entries: Entries, key: str, kind: Callable[[str], Any]) -> Any:
    value = entries.text(key)
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)  # type: ignore[arg-type]  # an enumeration
        entries.refuse(
            key,
            _("“%(value)s” is not known."),
            _("Use one of: %(known)s."),
            value=value,
            known=known,
        )
        return None


def _both(entries: Entries, key: str) -> InBoth | None:
    inner = entries.inner(key)
    if inner is None:
        return None
    inner.known(("zh", "en"))
    zh, en = inner.text("zh"), inner.text("en")
    return InBoth(zh, en) if zh and en else None


def _codes(entries: Entries) -> tuple[str, ...]:
    value = entries.take("gives_way_to", list, [])
    codes = tuple(str(one) for one in value or ())
    if len(set(codes)) < len(codes):
        entries.refuse("gives_way_to", _("A policy stands twice in this list."), "")
    return codes


# ------------------------------------------------------------------------------- written


def write_policy(policy: Described) -> str:
    """The file of a policy; reading it gives the same policy, and writing that the same file."""
    lines = [f"code = {_quoted(policy.code)}", f"level = {_quoted(policy.level)}"]
    lines += [f"kind = {_quoted(policy.kind)}"]
    lines += [f"funds = {_quoted(policy.funds)}", *_table("title", policy.title)]
    if policy.plain is not None:
        lines += _table("plain", policy.plain)
    for version in policy.versions:
        lines += _version_lines(version)
    return "\n".join(lines) + "\n"


def _table(name: str, text: InBoth) -> list[str]:
    return ["", f"[{name}]", f"zh = {_quoted(text.zh)}", f"en = {_quoted(text.en)}"]


def _version_lines(version: Version) -> list[str]:
    policy = version.policy
    lines = ["", "[[version]]", f"number = {policy.version}", f"from = {policy.valid_from}"]
    if policy.valid_to is not None:
        lines.append(f"to = {policy.valid_to}")
    lines.append(f"counted_on = {_quoted(policy.counted_on)}")
    if policy.once:
        lines.append("once = true")
    if policy.gives_way_to:
        lines.append(f"gives_way_to = [{', '.join(map(_quoted, policy.gives_way_to))}]")
    lines.append(f"document = {_quoted(version.document)}")
    if version.document_number:
        lines.append(f"document_number = {_quoted(version.document_number)}")
    for condition, clause in zip(policy.conditions, version.clauses, strict=True):
        lines += ["", "[[version.condition]]", f"when = {_quoted(condition.text)}"]
        lines += [f"clause = {_quoted(clause.sentence)}"] if clause.sentence else []
        lines += [f"place = {_quoted(clause.place)}"] if clause.place else []
    for rate in policy.rates:
        lines += ["", "[[version.rate]]"]
        lines += [f"when = {_quoted(rate.when.text)}"] if rate.when else []
        lines += _paid_lines(rate)
    return lines


def _paid_lines(rate: Rate) -> list[str]:
    if isinstance(rate.pays, int):
        return [f'yuan = "{rate.pays // 100}.{rate.pays % 100:02}"']
    return [f"share = {_quoted(rate.pays.percent)}", f"of = {_quoted(rate.pays.of)}"]


_ESCAPED = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x7f": "\\u007f"}
    | {chr(one): f"\\u{one:04x}" for one in range(32) if chr(one) not in "\n\t\r"}
)


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPED)}"'
