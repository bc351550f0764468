"""Account numbers and names of payments are deleted in time; what was paid for what stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy

from junheng.aid.models import (
    BatchFile,
    EducationLoan,
    NoticeObjection,
    PayAccount,
    PaymentLine,
    PublicNotice,
)
from junheng.commons import retention
from junheng.commons.retention import Sweep

OF_AN_ACCOUNT = tuple(
    f"aid.PayAccount.{name}"
    for name in ("holder", "number", "number_key", "holder_id", "refused_because")
)
OF_A_LINE = tuple(
    f"aid.PaymentLine.{name}" for name in ("name", "holder", "account", "account_key", "holder_id")
)
OF_A_FILE = ("aid.BatchFile.content",)
OF_A_NOTICE = ("aid.PublicNotice.page_zh", "aid.PublicNotice.page_en")
SAID = ("words", "contact", "answer")
OF_A_LOAN = tuple(f"aid.EducationLoan.{n}" for n in ("name", "resident_id", "resident_id_key"))
OF_AN_OBJECTION = tuple(f"aid.NoticeObjection.{name}" for name in SAID)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    accounts = gettext_lazy("Accounts for payments that nobody uses any more")
    lines = gettext_lazy("Names and accounts on payment lines")
    sent = gettext_lazy("Files that went to the bank")
    retention.register(
        Sweep("aid.pay_account", accounts, OF_AN_ACCOUNT, clear_accounts),
        Sweep("aid.payment_line", lines, OF_A_LINE, clear_lines),
        Sweep("aid.batch_file", sent, OF_A_FILE, clear_files),
        Sweep("aid.notice", gettext_lazy("Notices of aid"), OF_A_NOTICE, clear_notices),
        Sweep("aid.loan", gettext_lazy("Names of student loans"), OF_A_LOAN, clear_loans),
        Sweep(
            "aid.notice_objection",
            gettext_lazy("Objections to notices of aid"),
            OF_AN_OBJECTION,
            clear_objections,
        ),
    )


def clear_accounts(until: datetime, most: int) -> int:
    """Delete accounts that were replaced, or are on no newer line, before a moment."""
    lines = PaymentLine.objects.filter(batch__made_at__gte=until)
    used = lines.filter(
        Q(subject=OuterRef("subject"))
        | Q(organisation=OuterRef("organisation"), account_kind="school")
    )
    rows = PayAccount.objects.filter(
        Q(replaced_at__lt=until) | Q(replaced_at=None) & ~Exists(used), entered_at__lt=until
    )
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(PayAccount.objects.filter(pk__in=pks).delete()[0])


def clear_lines(until: datetime, most: int) -> int:
    """Empty lines of batches that were closed before a moment."""
    rows = PaymentLine.objects.filter(batch__closed_at__lt=until).exclude(account_key="")
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    empty = dict.fromkeys(("name", "holder", "account", "holder_id"))
    return int(PaymentLine.objects.filter(pk__in=pks).update(**empty, account_key=""))


def clear_files(until: datetime, most: int) -> int:
    """Empty the files of the same batches."""
    rows = BatchFile.objects.filter(batch__closed_at__lt=until).exclude(content=None)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(BatchFile.objects.filter(pk__in=pks).update(content=None))


def clear_notices(until: datetime, most: int) -> int:
    """Empty the pages of notices that were over before a moment; the fingerprints stay."""
    rows = PublicNotice.objects.filter(until_on__lt=until.date()).exclude(page_zh="")
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(PublicNotice.objects.filter(pk__in=pks).update(page_zh="", page_en=""))


def clear_objections(until: datetime, most: int) -> int:
    """Empty objections that were answered before a moment."""
    rows = NoticeObjection.objects.filter(answered_at__lt=until).exclude(words=None)
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    return int(NoticeObjection.objects.filter(pk__in=pks).update(**dict.fromkeys(SAID)))


def clear_loans(until: datetime, most: int) -> int:
    """Empty the names of loans that were entered before a moment; the sums stay."""
    rows = EducationLoan.objects.filter(at__lt=until).exclude(resident_id_key="")
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    empty = {"name": None, "resident_id": None, "resident_id_key": ""}
    return int(EducationLoan.objects.filter(pk__in=pks).update(**empty))
