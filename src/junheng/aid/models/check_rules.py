"""What a register is asked of households, and on which basis; and who signed for it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import User, scope_q
from junheng.aid.engine.hits import Condition, Test
from junheng.aid.models import check_guards as guards
from junheng.aid.models.households import Household, HouseholdMember, OfHouseholdsQuerySet
from junheng.aid.models.people import person
from junheng.aid.models.posts import IN_CHARGE
from junheng.commons.dated import current_on
from junheng.commons.history import tracked
from junheng.evidence.facade import Register

SCANS = "aid.authorisation"
"""Prefix of the subjects to which scans of authorisations belong."""


class Speaks(models.TextChoices):
    """What an entry says of need."""

    AGAINST = "against", _("Speaks against need")
    FOR = "for", _("Speaks for need")


SIGNED_FOR = (
    *(Register.PAYROLL, Register.PENSION, Register.VEHICLE),
    *(Register.REAL_ESTATE, Register.BUSINESS_LICENCE, Register.DEPOSIT),
)
"""Registers that a household may sign for; what else there is speaks of nobody's means."""
TESTS = [
    (Test.ANY.value, _("Stands in the register at all")),
    (Test.AT_LEAST.value, _("One entry has at least the amount")),
    (Test.TOGETHER.value, _("All entries together have at least the amount")),
    (Test.IS.value, _("A column says one of these words")),
]


class CheckRuleQuerySet(models.QuerySet[Any]):
    """Rules."""

    def for_user(self, user: User) -> Self:
        """Those of the counties that somebody is in charge of."""
        return self.filter(scope_q(user, "place__path", IN_CHARGE))

    def on(self, day: Any) -> Self:
        """Those that hold on a day."""
        return self.filter(current_on(day))


@tracked
class CheckRule(models.Model):
    """Which connection is asked, what of its entries counts as a hit, and what that rests on.

    It counts from the second person's yes on and is never changed but ended.

    Attributes:
        column, words: Of a test of words: the column, and the words that count.
        least_fen: Of a test of amounts.
        document, article: The legal basis, kept with each hit by the rule.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(
        "places.Place", models.PROTECT, related_name="+", verbose_name=_("county")
    )
    connection = models.ForeignKey(
        "evidence.Connection", models.PROTECT, related_name="+", verbose_name=_("connection")
    )
    register = models.CharField(_("register"), max_length=20, choices=Register)
    speaks = models.CharField(_("what it says"), max_length=8, choices=Speaks)
    test = models.CharField(_("what counts as a hit"), max_length=10, choices=TESTS)
    column = models.CharField(_("column"), max_length=40, blank=True, default="")
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"), default=list)
    least_fen = models.BigIntegerField(_("at least (fen)"), null=True, blank=True)
    document = models.CharField(_("document it rests on"), max_length=200)
    article = models.CharField(_("article"), max_length=60)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"), null=True, blank=True)
    asked_by = person(_("asked by"))
    agreed_by = person(_("agreed to by"))

    objects: ClassVar[Any] = CheckRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("check rule")
        verbose_name_plural = _("check rules")
        ordering = ["speaks", "register", "valid_from", "pk"]
        constraints = [
            CheckConstraint(
                condition=Q(speaks__in=Speaks.values, test__in=[one.value for one in Test]),
                name="aid_rule_known",
            ),
            CheckConstraint(
                condition=~Q(document="") & ~Q(article=""), name="aid_rule_legal_basis"
            ),
            CheckConstraint(
                condition=Q(test=Test.ANY, column="", words__len=0, least_fen=None)
                | Q(test__in=[Test.AT_LEAST, Test.TOGETHER], words__len=0, least_fen__gt=0)
                & Q(least_fen__isnull=False)
                & ~Q(column="")
                | Q(test=Test.IS, words__len__gt=0, least_fen=None) & ~Q(column=""),
                name="aid_rule_condition",
            ),
            CheckConstraint(condition=~Q(asked_by=F("agreed_by")), name="aid_rule_two_people"),
            CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="aid_rule_dates"
            ),
        ]
        triggers = guards.of_a_rule()

    def __str__(self) -> str:
        return f"{self.register} {self.test}"

    @property
    def condition(self) -> Condition:
        """As the engine knows it."""
        return Condition(Test(self.test), self.column, self.least_fen or 0, tuple(self.words))


@tracked
class CheckAuthorisation(models.Model):
    """What a household signed: which registers may be asked of it, from when to when.

    Attributes:
        paper: Number of the paper; its scans belong to the `ref` among the uploads.
        withdrawn_at: Set by the database, so that it is told apart from what was found before.
        withdrawn_by: The family itself, or who wrote it down for the household.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="authorisations", verbose_name=_("household")
    )
    signed_by = models.ForeignKey(
        HouseholdMember, models.PROTECT, related_name="+", verbose_name=_("signed by")
    )
    signed_on = models.DateField(_("signed on"))
    paper = models.CharField(_("number of the paper"), max_length=100)
    registers = ArrayField(
        models.CharField(max_length=20, choices=Register), verbose_name=_("registers")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until before"))
    entered_by = person(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(pgettext_lazy("authorisation", "withdrawn at"), null=True)
    withdrawn_by = person(pgettext_lazy("authorisation", "withdrawn by"), null=True, blank=True)

    objects: ClassVar[Any] = OfHouseholdsQuerySet.as_manager()

    class Meta:
        verbose_name = _("check authorisation")
        verbose_name_plural = _("check authorisations")
        ordering = ["-valid_from", "pk"]
        indexes = [models.Index(fields=["-valid_from", "id"], name="aid_authorisation_newest")]
        constraints = [
            CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from"), valid_from__gte=F("signed_on"))
                & ~Q(paper="")
                & Q(registers__len__gt=0),
                name="aid_authorisation_whole",
            ),
            CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="aid_authorisation_withdrawn",
            ),
        ]
        triggers = guards.of_an_authorisation()

    def __str__(self) -> str:
        return f"{self.household} {self.paper}"

    def holds_on(self, day: Any) -> bool:
        """Whether it may be used on a day."""
        return self.withdrawn_at is None and self.valid_from <= day < self.valid_to

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.valid_to - timedelta(days=1)

    @property
    def scans(self) -> str:
        """What its scans belong to, among the uploads."""
        return f"{SCANS}:{self.ref}"
