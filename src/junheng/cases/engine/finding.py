"""Finding answers by what somebody types: Chinese has no blanks, so pairs of characters count.

A text is normalised (NFKC, small letters, marks of punctuation as breaks) and cut into pairs of
neighbouring characters; a word of Latin letters or digits counts whole. Each pair weighs the more
the fewer answers contain it (inverse document frequency), and more in a question than in its key
words, and there more than in the text of an answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

LATIN = re.compile(r"[a-z0-9]+")
HAN = re.compile(r"[\u3400-\u9fff]+")
IN_QUESTION, IN_KEY_WORDS, IN_TEXT = 4.0, 3.0, 1.0
LEAST = 0.25
"""Share of the best answer's weight below which an answer only looks like it fits."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it is looked for."""

    key: int
    question: str
    key_words: str = ""
    text: str = ""


def pieces(text: str) -> frozenset[str]:
    """What a text is found by: pairs of Chinese characters, and whole words of others.

    >>> sorted(pieces("学区房 2026"))
    ['2026', '区房', '学区']
    """
    return frozenset(_pieces(unicodedata.normalize("NFKC", text).lower()))


def find(asked: str, entries: Sequence[Entry], *, most: int = 8) -> list[int]:
    """The keys of the answers that fit what is asked, the best first.

    Args:
        asked: What was typed, of any length; without anything to find by, nothing is found.
        entries: The collection.
        most: How many at the most.

    Returns:
        Keys; equally good ones in the order of the collection, poor ones left out.
    """
    wanted = pieces(asked)
    if not wanted:
        return []
    looked = [(entry, _weights(entry)) for entry in entries]
    seen = Counter(piece for _entry, weights in looked for piece in wanted & weights.keys())
    scored = [
        (sum(weights[p] * _rarity(seen[p], len(looked)) for p in wanted & weights.keys()), entry)
        for entry, weights in looked
    ]
    least = LEAST * max(score for score, _entry in scored) if scored else 0.0
    found = sorted((one for one in scored if one[0] > 0 and one[0] >= least), key=lambda o: -o[0])
    return [entry.key for _score, entry in found[:most]]


def _pieces(text: str) -> Iterator[str]:
    yield from LATIN.findall(text)
    for run in HAN.findall(text):
        if len(run) == 1:
            yield run
        yield from (run[n : n + 2] for n in range(len(run) - 1))


def _weights(entry: Entry) -> dict[str, float]:
    weights = dict.fromkeys(pieces(entry.text), IN_TEXT)
    weights |= dict.fromkeys(pieces(entry.key_words), IN_KEY_WORDS)
    return weights | dict.fromkeys(pieces(entry.question), IN_QUESTION)


def _rarity(seen: int, of: int) -> float:
    return log(1 + of / seen)
