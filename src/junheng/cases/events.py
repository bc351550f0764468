"""What other rooms may hear of cases, once it is certain."""

from __future__ import annotations

from django.dispatch import Signal

case_settled = Signal()
"""A case was closed; sent with `case`, its row, after the transaction."""

case_reopened = Signal()
"""A closed case is worked on again; sent with `case`, its row, after the transaction."""
