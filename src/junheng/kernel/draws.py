"""Figures of a public event, by which a draw is decided that nobody can steer."""

from __future__ import annotations


def fits(example: str, figures: str) -> bool:
    """Whether figures are written as announced: a digit for each digit, all else equal.

    >>> fits("03-11-28+07", "14-02-30+16"), fits("03-11-28+07", "14 02 30 16")
    (True, False)
    """
    return len(example) == len(figures) and all(
        given.isascii() and given.isdigit() if shown.isdigit() else given == shown
        for shown, given in zip(example, figures, strict=True)
    )
