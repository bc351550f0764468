"""Scans of what households signed: photos of which one that was received proves something."""

from __future__ import annotations

import pgtrigger
from django.utils.translation import gettext_lazy as _

from junheng.aid.models.check_rules import SCANS
from junheng.commons.models import Upload
from junheng.commons.models.guards import before

REMOVAL = "aid.scan_removal"
"""The step for two by which a scan is removed; the database looks for it."""

GOES_BY_TWO = f"""
    IF OLD.state = 'ready' AND starts_with(OLD.subject, '{SCANS}:')
        AND (TG_OP = 'DELETE' OR NEW.state = 'removed') THEN
        IF EXISTS (SELECT FROM aid_checkauthorisation signed
                JOIN aid_householdmember signer ON signer.id = signed.signed_by_id
                WHERE signed.ref = split_part(OLD.subject, ':', 2)::uuid
                    AND signer.name IS NOT NULL)
            AND (TG_OP = 'DELETE' OR NOT EXISTS (SELECT FROM commons_approval
                WHERE kind = '{REMOVAL}' AND state = 'agreed'
                    AND payload ->> 'scan' = OLD.id::text
                    AND decided_by_id = NEW.removed_by_id AND asked_by_id <> decided_by_id)) THEN
            RAISE EXCEPTION 'a scan of what a household signed is removed by two people'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


class SignedScan(Upload):
    """A photo that belongs to an authorisation: it goes by two people, or with the household."""

    class Meta:
        proxy = True
        verbose_name = _("signed scan")
        verbose_name_plural = _("signed scans")
        triggers = [before("scan_goes_by_two", pgtrigger.Update | pgtrigger.Delete, GOES_BY_TWO)]
