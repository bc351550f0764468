"""How services are: whether they are asked at all, what was wrong from when to when, how fast."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from junheng.accounts.facade import Visitor, scope_q
from junheng.evidence.models.connections import READERS, Connection


class Silence(models.TextChoices):
    """Why nobody knows what a service would say of somebody, in words that anybody understands."""

    SLOW = "slow", pgettext_lazy("silence", "did not answer in time")
    DOWN = "down", pgettext_lazy("silence", "could not be reached")
    FAILING = "failing", pgettext_lazy("silence", "said that it failed")
    REFUSES = "refuses", pgettext_lazy("silence", "refused our request")
    UNREADABLE = "unreadable", pgettext_lazy("silence", "answered in a way that cannot be read")
    WRONG_PERSON = "wrong_person", pgettext_lazy("silence", "answered about somebody else")
    NOT_DESCRIBED = "not_described", pgettext_lazy("silence", "its description is not valid")
    PAUSED = "paused", pgettext_lazy("silence", "was left alone after failing again and again")


class ServiceState(models.Model):
    """The circuit breaker of a service, shared by all processes.

    Attributes:
        failures: Requests that failed one after the other.
        paused_until: Until when nobody asks it; after that one request is let through.
    """

    connection = models.OneToOneField(
        Connection,
        models.CASCADE,
        primary_key=True,
        related_name="service_state",
        verbose_name=_("connection"),
    )
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    paused_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered last"), null=True, blank=True)

    class Meta:
        verbose_name = _("service state")
        verbose_name_plural = _("service states")

    def __str__(self) -> str:
        return str(self.connection_id)


class TroubleQuerySet(models.QuerySet["ServiceTrouble"]):
    """Troubles."""

    def for_user(self, user: Visitor) -> Any:
        """Those of connections that somebody sees."""
        return self.filter(scope_q(user, "connection__path", READERS))


class ServiceTrouble(models.Model):
    """Something was wrong with a service, from a first request to the first good answer."""

    class Kind(models.TextChoices):
        """What it was."""

        SLOW = "slow", pgettext_lazy("service", "Too slow")
        DOWN = "down", pgettext_lazy("service", "Not reachable")
        FAILING = "failing", pgettext_lazy("service", "Fails")
        REFUSES = "refuses", pgettext_lazy("service", "Refuses our request")
        UNREADABLE = "unreadable", pgettext_lazy("service", "Answer not readable")
        WRONG_PERSON = "wrong_person", pgettext_lazy("service", "Answers for another person")
        NOT_DESCRIBED = "not_described", pgettext_lazy("service", "Description not valid")

    connection = models.ForeignKey(
        Connection, models.PROTECT, related_name="troubles", verbose_name=_("connection")
    )
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    since = models.DateTimeField(_("since"), default=timezone.now)
    last = models.DateTimeField(_("last seen"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    detail = models.CharField(_("what was seen"), max_length=200, blank=True)

    objects: ClassVar[Any] = TroubleQuerySet.as_manager()

    class Meta:
        verbose_name = _("service trouble")
        verbose_name_plural = _("service troubles")
        ordering = ["-since"]
        indexes = [models.Index(fields=["-since"], name="evidence_trouble_since")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind"],
                condition=Q(until=None),
                name="evidence_trouble_open_once",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="evidence_trouble_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.kind}"


class ServiceHour(models.Model):
    """How often a service was asked in an hour, and how it went."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="hours", verbose_name=_("connection")
    )
    hour = models.DateTimeField(_("hour"))
    asked = models.PositiveIntegerField(_("requests"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    milliseconds = models.PositiveBigIntegerField(_("milliseconds"), default=0)

    class Meta:
        verbose_name = _("service hour")
        verbose_name_plural = _("service hours")
        constraints = [
            models.UniqueConstraint(fields=["connection", "hour"], name="evidence_hour_once")
        ]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.hour}"
