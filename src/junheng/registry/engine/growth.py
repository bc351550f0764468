"""How entrants grew or shrank against a former year.

Source: requirement ADM-9 (rural return): 1,445 entrants in 2018 and 3,696 in 2020 are +156 %.
"""

from __future__ import annotations


def growth(before: int, after: int) -> float | None:
    """Change as a share of what was before.

    Args:
        before: Entrants of the earlier year, pupils.
        after: Entrants of the later year, pupils.

    Returns:
        Unitless, 1.56 for +156 %; None if there were none before.
    """
    return after / before - 1 if before else None
