"""What strangers may read of a policy: never a heading that tells who is poor."""

from __future__ import annotations

from django.utils.translation import gettext as _

from junheng.aid.models import AidPolicy, PolicyVersion
from junheng.aid.selectors.policies import confidential, content_of, title_of


def public_headings(path: str) -> dict[str, str]:
    """Headings by policy of a county, in the language that is on.

    A policy without a plain title that asks what a household is, in any version, is not among them,
    nor is one that nobody wrote down: both are shown under `neutral()`.
    """
    versions = PolicyVersion.objects.filter(policy__path=path).select_related("policy")
    closed = confidential([content_of(version) for version in versions])
    rows = AidPolicy.objects.filter(path=path)
    return {
        row.code: title_of(row, plain=True)
        for row in rows
        if row.code not in closed or (row.plain_zh and row.plain_en)
    }


def neutral() -> str:
    """What every policy may be called."""
    return _("Education aid")
