"""Figures as officials write them in tables: 98,054; Django groups Chinese ones by nothing."""

from __future__ import annotations

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
