"""The tables of aid."""

from junheng.aid.models.accounts import AccountKind, PayAccount
from junheng.aid.models.answers import BankAnswer, FormerPayment, PaymentOutcome, Posting
from junheng.aid.models.batches import BatchFile, PaymentBatch, PaymentLine
from junheng.aid.models.budgets import BudgetLine, FormerTotal, PaysTo, Source

__all__ = [
    "AccountKind",
    "BankAnswer",
    "BatchFile",
    "BudgetLine",
    "FormerPayment",
    "FormerTotal",
    "PayAccount",
    "PaymentBatch",
    "PaymentLine",
    "PaymentOutcome",
    "PaysTo",
    "Posting",
    "Source",
]
