"""Which rules for transfers hold where: a county's own version, or else the package's table."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, F, Value
from django.utils import timezone
from django.utils.translation import get_language

from junheng.registry.engine.transfers import TransferRules
from junheng.registry.files.transfer_rules import rules_from, rules_on
from junheng.registry.models import Transfer, TransferRuleVersion


def rules_now(day: date, path: str) -> TransferRules:
    """The rules of a day and place in the language of the page.

    Args:
        day: The day of the application.
        path: Of the school that it is decided for; a county's own rules go before the package's.
    """
    language = get_language() or "zh"
    own = version_of(path, day)
    if own is None:
        return rules_on(day, language)
    return rules_from({**own.content, "version": own.version}, language)


def rules_of(row: Transfer) -> TransferRules:
    """The rules by which a transfer is judged: those of the day it was applied for."""
    return rules_now(timezone.localdate(row.applied_at), row.school.path)


def version_of(path: str, day: date) -> TransferRuleVersion | None:
    """A place's own version of a day; None where it has none."""
    begun = TransferRuleVersion.objects.filter(valid_from__lte=day)
    covering = begun.annotate(given=Value(path, CharField()))
    found: TransferRuleVersion | None = (
        covering.filter(given__startswith=F("place__path"))
        .order_by("-place__path", "-valid_from")
        .first()
    )
    return found
