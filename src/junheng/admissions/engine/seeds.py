"""The seed of a round: made from what was published before, what parents gave, and an event.

Source: design, "The lottery cannot be steered"; `docs/the-act.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from junheng.kernel.draws import fits

__all__ = ["SEPARATOR", "WORDS_MAX", "clean", "commitment", "fits", "material", "seed_of"]

SEPARATOR = "|"
WORDS_MAX = 100


def commitment(identity: str, words: str) -> str:
    """What is published of a contribution while its words are sealed.

    Args:
        identity: The contribution's own identity, as its slip has it (a UUID in lower case).
        words: The words, see `clean`.

    Returns:
        SHA-256 of `identity|words` (UTF-8), lower-case hexadecimal.
    """
    return _sha256(f"{identity}{SEPARATOR}{words}")


def clean(words: str) -> str:
    """Words of a contribution as they enter the seed: white space folded, 1 to 100 characters.

    Raises:
        ValueError: If nothing is left, it is too long, or it holds the separator.
    """
    folded = " ".join(words.split())
    if not 0 < len(folded) <= WORDS_MAX or SEPARATOR in folded or not folded.isprintable():
        raise ValueError("a contribution has 1 to 100 printable characters and no vertical bar")
    return folded


def material(ref: str, list_sha256: str, contributions: Sequence[str], figures: str) -> str:
    """The text whose SHA-256 is the seed.

    Args:
        ref: What the round is called.
        list_sha256: Fingerprint of the list as it was frozen first.
        contributions: Words by number.
        figures: The event, written as announced.

    Returns:
        `ref|list|contribution 1|…|figures`.
    """
    return SEPARATOR.join([ref, list_sha256, *contributions, figures])


def seed_of(text: str) -> str:
    """SHA-256 of the material (UTF-8), lower-case hexadecimal."""
    return _sha256(text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
