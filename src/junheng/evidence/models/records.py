"""What other departments' registers say, sealed, row by row, and what was found when asking."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from junheng.commons.sealing import BlindIndexField, SealedTextField, blind_index
from junheng.evidence.engine.names import clean_name, clean_place, syllables_of
from junheng.evidence.engine.numbers import comparable
from junheng.evidence.files.columns import KEYS
from junheng.evidence.models import guards
from junheng.evidence.models.connections import Connection, Delivery
from junheng.evidence.models.registers import LOOKED_UP, Register, State

NUMBER, NAME, KEY = "evidence.number", "evidence.name", "evidence.key"
"""Purposes of the blind indexes."""
Facts = Mapping[str, str]


def number_index(text: str) -> str:
    """Where somebody with this number is found; "" for no number."""
    return blind_index(comparable(text), NUMBER) if text.strip() else ""


def name_index(text: str) -> str:
    """Where people are found whose names sound like this one."""
    return blind_index(" ".join(syllables_of(clean_name(text))), NAME) if text.strip() else ""


def key_index(text: str) -> str:
    """Where the row with this certificate, permit or licence is found."""
    return blind_index(clean_place(text), KEY) if text.strip() else ""


class Record(models.Model):
    """One row of a delivery: everything in it is sealed, three blind indexes find it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="records", verbose_name=_("delivery")
    )
    row = models.PositiveIntegerField(_("row"))
    number_index = BlindIndexField(max_length=32, blank=True)
    name_index = BlindIndexField(max_length=32, blank=True)
    key_index = BlindIndexField(max_length=32, blank=True)
    sealed = SealedTextField(_("contents"), bound_to="id")

    class Meta:
        verbose_name = _("entry of a register")
        verbose_name_plural = _("entries of registers")
        indexes = [
            models.Index(fields=["delivery", "number_index"], name="evidence_record_number"),
            models.Index(fields=["delivery", "name_index"], name="evidence_record_name"),
            models.Index(fields=["delivery", "key_index"], name="evidence_record_key"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.row}"

    @property
    def facts(self) -> dict[str, str]:
        """The row in the clear, by column; what is blank is left out."""
        facts: dict[str, str] = json.loads(self.sealed)
        return facts


def record_of(delivery: Delivery, row: int, facts: Facts) -> Record:
    """A row, sealed and indexed; not saved."""
    sealed = json.dumps(facts, ensure_ascii=False)
    return Record(delivery=delivery, row=row, sealed=sealed, **indexes_of(facts))


def indexes_of(facts: Facts) -> dict[str, str]:
    """The three blind indexes of a row."""
    key = next((facts[column] for column in KEYS.values() if column in facts), "")
    return {
        "number_index": number_index(facts.get("resident_id", "")),
        "name_index": name_index(facts.get("name", "")),
        "key_index": key_index(key),
    }


def index_of(field: str) -> Callable[[Record], str]:
    """How one of the indexes is made again from a row, when the key of indexes changes."""

    def made_from(record: Record) -> str:
        return indexes_of(record.facts)[field]

    return made_from


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings."""

    def newest(self) -> Any:
        """Of each question about a subject the last answer."""
        return self.order_by("subject", "register", "slot", "-at", "-pk").distinct(
            "subject", "register", "slot"
        )


class Finding(models.Model):
    """What a register said about somebody when it was asked, for what, and on which basis.

    Attributes:
        subject: What the question was for, in the words of whoever asked: `application:AP26…`.
        role: Whom it was about within the subject: `child`, `guardian`, …
        slot: The role, or else the how-manieth question it was; the last answer in a slot counts.
        source: The connection's name at that time.
        sealed: The facts as the register gave them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(_("subject"), max_length=100)
    register = models.CharField(_("register"), max_length=20, choices=Register)
    role = models.CharField(_("about whom"), max_length=30, blank=True)
    slot = models.CharField(_("place of the question"), max_length=32)
    connection = models.ForeignKey(
        Connection, models.PROTECT, null=True, related_name="findings", verbose_name=_("connection")
    )
    source = models.CharField(_("source"), max_length=100, blank=True)
    as_of = models.DateField(_("true on"), null=True)
    state = models.CharField(_("answer"), max_length=15, choices=State)
    probability = models.FloatField(_("probability"), default=0)
    agreed = models.JSONField(_("what agrees"), default=list)
    differs = models.JSONField(_("what differs"), default=list)
    sealed = SealedTextField(_("facts"), bound_to="id", null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=200)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    at = models.DateTimeField(_("asked at"), default=timezone.now)

    objects: ClassVar[Any] = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["subject", "register", "slot", "-at"], name="evidence_finding_of"),
            models.Index(fields=["connection", "state"], name="evidence_finding_state"),
            models.Index(
                fields=["register"],
                name="evidence_finding_waits",
                condition=Q(state__in=["unavailable", "not_connected"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(legal_basis=""), name="evidence_finding_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="evidence_finding_state_known"
            ),
            models.CheckConstraint(
                condition=Q(register__in=LOOKED_UP), name="evidence_finding_no_means"
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="evidence_finding_probability",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["found", "probable"])
                | Q(sealed__isnull=False, connection__isnull=False),
                name="evidence_finding_has_facts",
            ),
        ]
        triggers = [guards.finding_stays()]

    def __str__(self) -> str:
        return f"{self.subject} {self.register}"

    @property
    def facts(self) -> dict[str, str]:
        """What the register said, in the clear; empty where it said nothing."""
        sealed = self.sealed
        facts: dict[str, str] = json.loads(sealed) if sealed else {}
        return facts
