"""What kinds of cases there are: each room says it for its own, in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from junheng.accounts.facade import BUSINESS
from junheng.places.facade import Role


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of case: whose it is at first, how long it may take, who is told when it takes longer.

    Attributes:
        key: Room and matter, such as `admissions.review`; never changes.
        label: What people call it (a lazy translation).
        days: Working days until it is due.
        role: Who has it at first: whoever holds this role where the case lies.
        escalates_to: Who is told when it is overdue, one level after the other.
        page: The address of its subject's own page, from the subject; None where there is none.
        closes_by_owner: Whether the room settles it on a page of its own; then the page of the
            case offers only notes, hand-over and pause.
        facts: What its facts are called, by key (lazy translations).
        readers: Roles that may see such cases within their scope; whoever has a case sees it.
    """

    key: str
    label: Any
    days: int
    role: Role
    escalates_to: tuple[Role, ...] = ()
    page: Callable[[str], str | None] | None = None
    closes_by_owner: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    readers: frozenset[Role] = BUSINESS

    def page_of(self, subject: str) -> str | None:
        """Where its subject is shown, if anywhere."""
        return self.page(subject) if self.page is not None else None

    def called(self, fact: str) -> str:
        """What a fact of such a case is called; its key where nobody said it."""
        return str(self.facts.get(fact, fact))


_kinds: dict[str, CaseKind] = {}


def register_kind(kind: CaseKind) -> None:
    """Let cases of a kind be opened; call it from `AppConfig.ready`.

    Raises:
        ValueError: If the kind is registered already, or gives no day.
    """
    if kind.key in _kinds:
        raise ValueError(f"{kind.key} is registered already")
    if kind.days < 1:
        raise ValueError(f"{kind.key} gives no day")
    _kinds[kind.key] = kind


def kind_of(key: str) -> CaseKind:
    """The kind with this key.

    Raises:
        LookupError: If no room registered it.
    """
    if key not in _kinds:
        raise LookupError(f"there is no kind of case {key!r}")
    return _kinds[key]


def all_kinds() -> Mapping[str, CaseKind]:
    """Every kind, by key."""
    return dict(_kinds)
