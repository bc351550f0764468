"""Conditions of policies: expressions over facts, read with a list of what is allowed.

Anything that is not on the list is refused with its place in the text: another column, any
function, a comparison of unlike things, `IS NULL` and whatever else would turn a value that is
missing into a yes. What remains means the same in every database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlglot import Dialect, exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from junheng.aid.engine.facts import FACTS, Kind

LONGEST = 500
MOST_TOKENS = 150
DEEPEST = 20
"""Brackets, and NOT or minus signs in a row, that may stand inside each other."""
LARGEST = 10**7
"""Sums of as many as a condition can hold stay within 32 bits."""

_WORDS = frozenset(
    {
        TokenType.AND,
        TokenType.OR,
        TokenType.NOT,
        TokenType.IN,
        TokenType.BETWEEN,
        TokenType.TRUE,
        TokenType.FALSE,
        TokenType.DATE,
        TokenType.EQ,
        TokenType.NEQ,
        TokenType.LT,
        TokenType.LTE,
        TokenType.GT,
        TokenType.GTE,
        TokenType.PLUS,
        TokenType.DASH,
        TokenType.L_PAREN,
        TokenType.R_PAREN,
        TokenType.COMMA,
        TokenType.NUMBER,
        TokenType.STRING,
    }
)
_A_NAME = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SIMPLE = (exp.Column, exp.Literal, exp.Boolean, exp.Cast, exp.Paren, exp.Add, exp.Sub, exp.Neg)
"""What may be compared: each database reads a comparison of comparisons in a way of its own."""

_ORDERED = (exp.LT, exp.LTE, exp.GT, exp.GTE)
_DIALECT = Dialect.get_or_raise("postgres")


class Problem:
    """Codes of what can be wrong with a condition; the sentence is made at the edge."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    NOT_ALLOWED = "not_allowed"
    NO_SUCH_FACT = "no_such_fact"
    UNREADABLE = "unreadable"
    NOT_YES_OR_NO = "not_yes_or_no"
    UNLIKE = "unlike"
    NO_SUCH_CODE = "no_such_code"
    NOT_A_DAY = "not_a_day"
    NOT_WHOLE = "not_whole"
    AN_AMOUNT = "an_amount"


class NotAllowed(ValueError):
    """A condition that is refused.

    Attributes:
        problem: One of `Problem`.
        start: Where in the text it begins, counted from 0.
        what: The piece of the text in question.
    """

    def __init__(self, problem: str, start: int, what: str) -> None:
        super().__init__(f"{problem} at {start}: {what}")
        self.problem = problem
        self.start = start
        self.what = what


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read and found sound.

    Attributes:
        text: As it was written.
        tree: What it says; leads to a truth value, or to unknown.
        facts: The facts that it asks for, in the order of their names.
    """

    text: str
    tree: exp.Expr
    facts: tuple[str, ...]


def read_condition(text: str) -> Condition:
    """Read a condition such as `registered_poor AND stage IN ('primary', 'lower_secondary')`.

    Args:
        text: At most 500 characters and 150 words and signs. Whole numbers up to 10^7, days as
            `DATE '2016-09-01'`, codes in single quotes.

    Returns:
        The condition; equal texts give equal trees.

    Raises:
        NotAllowed: With what is wrong and where.
    """
    if len(text) > LONGEST:
        raise NotAllowed(Problem.TOO_LONG, LONGEST, text[LONGEST : LONGEST + 20])
    _look_at_words(text)
    tree = _parsed(text)
    if _Reader(text).kind_of(tree) is not Kind.YES_NO:
        raise NotAllowed(Problem.NOT_YES_OR_NO, 0, text)
    facts = sorted({column.name for column in tree.find_all(exp.Column)})
    return Condition(text, tree, tuple(facts))


def _look_at_words(text: str) -> None:
    try:
        tokens = _DIALECT.tokenize(text)
    except SqlglotError as error:
        raise NotAllowed(Problem.UNREADABLE, 0, text) from error
    if not tokens:
        raise NotAllowed(Problem.EMPTY, 0, "")
    if len(tokens) > MOST_TOKENS:
        raise NotAllowed(Problem.TOO_LONG, tokens[MOST_TOKENS].start, tokens[MOST_TOKENS].text)
    brackets = signs = 0
    for token in tokens:
        _allow(token, text)
        kind = token.token_type
        brackets += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        signs = signs + 1 if kind in (TokenType.NOT, TokenType.DASH) else 0
        if brackets + signs > DEEPEST:
            raise NotAllowed(Problem.TOO_DEEP, token.start, token.text)


def _allow(token: Token, text: str) -> None:
    written = text[token.start : token.end + 1]
    if token.comments or "--" in written or "/*" in written:
        raise NotAllowed(Problem.NOT_ALLOWED, token.start, written)
    if token.token_type in _WORDS:
        return
    if written in FACTS:
        if FACTS[written].kind is Kind.MONEY:
            raise NotAllowed(Problem.AN_AMOUNT, token.start, written)
        return
    a_name = token.token_type in _A_NAME and written.isidentifier()
    wrong = Problem.NO_SUCH_FACT if a_name else Problem.NOT_ALLOWED
    raise NotAllowed(wrong, token.start, written)


def _parsed(text: str) -> exp.Expr:
    try:
        trees = _DIALECT.parse(text)
    except (SqlglotError, RecursionError) as error:
        raise NotAllowed(Problem.UNREADABLE, _error_at(error), text) from error
    if trees[0] is None:  # a sign with nothing behind it
        raise NotAllowed(Problem.UNREADABLE, 0, text)
    return trees[0]


def _error_at(error: Exception) -> int:
    told = getattr(error, "errors", None) or [{}]
    return max(0, int(told[0].get("col") or 1) - 1)


class _Reader:
    """Which kind of value each piece of a condition is, or why it is none."""

    def __init__(self, text: str) -> None:
        self._text = text

    def kind_of(self, node: exp.Expr) -> Kind:
        match node:
            case exp.Paren():
                return self.kind_of(node.this)
            case exp.And() | exp.Or():
                return self._all_yes_no(node, node.left, node.right)
            case exp.Not():
                return self._all_yes_no(node, node.this)
            case exp.EQ() | exp.NEQ() | exp.LT() | exp.LTE() | exp.GT() | exp.GTE():
                return self._compared(node, node.left, node.right)
            case exp.Between() if not node.args.get("symmetric"):
                low, high = node.args["low"], node.args["high"]
                self._compared(node, node.this, low, ordered=True)
                return self._compared(node, node.this, high, ordered=True)
            case exp.In() if node.expressions and not node.args.get("query"):
                kinds = [self._compared(node, node.this, each) for each in node.expressions]
                return kinds[0]
            case exp.Add() | exp.Sub():
                return self._all_numbers(node, node.left, node.right)
            case exp.Neg():
                return self._all_numbers(node, node.this)
            case _:
                return self._leaf(node)

    def _refuse(self, problem: str, node: exp.Expr) -> NotAllowed:
        """What is wrong with a node, at the first of its words."""
        spans = [
            (found.meta["start"], found.meta["end"])
            for found in node.find_all(exp.Identifier, exp.Literal)
            if "start" in found.meta
        ]
        if not spans:
            return NotAllowed(problem, 0, self._text)
        start, end = min(spans)
        return NotAllowed(problem, start, self._text[start : end + 1])

    def _leaf(self, node: exp.Expr) -> Kind:
        match node:
            case exp.Column() if not node.table and node.name in FACTS:
                return FACTS[node.name].kind
            case exp.Boolean():
                return Kind.YES_NO
            case exp.Literal() if node.is_string:
                return Kind.CODE
            case exp.Literal():
                return self._number(node)
            case exp.Cast() if node.is_type("date") and isinstance(node.this, exp.Literal):
                return self._day(node)
            case _:
                raise self._refuse(Problem.NOT_ALLOWED, node)

    def _all_yes_no(self, node: exp.Expr, *parts: exp.Expr) -> Kind:
        for part in parts:
            if self.kind_of(part) is not Kind.YES_NO:
                raise self._refuse(Problem.NOT_YES_OR_NO, part)
        return Kind.YES_NO

    def _all_numbers(self, node: exp.Expr, *parts: exp.Expr) -> Kind:
        for part in parts:
            if self.kind_of(part) is not Kind.NUMBER:
                raise self._refuse(Problem.UNLIKE, part)
        return Kind.NUMBER

    def _compared(
        self,
        node: exp.Expr,
        left: exp.Expr,
        right: exp.Expr,
        *,
        ordered: bool = False,
    ) -> Kind:
        for side in (left, right):
            if not isinstance(side, _SIMPLE):
                raise self._refuse(Problem.NOT_ALLOWED, side)
        kinds = {self.kind_of(left), self.kind_of(right)}
        if len(kinds) != 1:
            raise self._refuse(Problem.UNLIKE, node)
        kind = kinds.pop()
        if (ordered or isinstance(node, _ORDERED)) and kind not in (Kind.NUMBER, Kind.DAY):
            raise self._refuse(Problem.UNLIKE, node)
        if kind is Kind.CODE:
            self._codes_known(node, left, right)
        return Kind.YES_NO

    def _codes_known(self, node: exp.Expr, *written: exp.Expr) -> None:
        sides = [side.unnest() for side in written]
        lists = {FACTS[side.name].codes for side in sides if isinstance(side, exp.Column)}
        if len(lists) != 1:
            raise self._refuse(Problem.UNLIKE, node)
        known = lists.pop()
        for side in sides:
            if isinstance(side, exp.Literal) and side.this not in known:
                raise self._refuse(Problem.NO_SUCH_CODE, side)

    def _number(self, node: exp.Literal) -> Kind:
        written = str(node.this)
        if not (written.isascii() and written.isdigit()) or int(written) > LARGEST:
            raise self._refuse(Problem.NOT_WHOLE, node)
        return Kind.NUMBER

    def _day(self, node: exp.Cast) -> Kind:
        written = str(node.this.this)
        if not _DAY.fullmatch(written):
            raise self._refuse(Problem.NOT_A_DAY, node)
        try:
            date.fromisoformat(written)
        except ValueError as error:
            raise self._refuse(Problem.NOT_A_DAY, node) from error
        return Kind.DAY
