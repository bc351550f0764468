"""Connections to other departments' registers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from junheng.accounts.facade import Visitor, scope_q
from junheng.commons.history import tracked
from junheng.commons.sealing import SealedTextField
from junheng.evidence.files.columns import KEYS
from junheng.evidence.models.registers import SERVED, Register
from junheng.places.facade import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

READERS = frozenset({Role.ADMISSIONS_OFFICER, Role.BUREAU_LEADER, Role.AUDITOR})
"""See which registers are connected and how they are."""
KEEPERS = frozenset({Role.ADMISSIONS_OFFICER})
"""Connect registers, bring deliveries, ask a register by hand."""


class ConnectionQuerySet(models.QuerySet["Connection"]):
    """Connections."""

    def for_user(self, user: Visitor) -> Self:
        """What somebody may see: those of the places where they work for the bureau."""
        return self.filter(scope_q(user, roles=READERS))

    def kept_by(self, user: Visitor) -> Self:
        """What somebody may change, deliver to and ask."""
        return self.filter(scope_q(user, roles=KEEPERS))

    def active(self, path: str = "") -> Self:
        """Those in use; with a path, those that are for it."""
        rows = self.filter(ended_on=None)
        if not path:
            return rows
        return rows.alias(whole=Value(path)).filter(whole__startswith=F("path"))


@tracked
class Connection(models.Model):
    """One register of one department, as tables it delivers or as a service it runs.

    Attributes:
        path: The place whose people it is about.
        folder: Of tables: the folder below `JUNHENG_VAR/deliveries` from which they are picked up.
        opened_by: Who connected it; what is picked up comes in their name.
        description: Of a service: address, fields, patience; see `files/descriptions.py`.
        secret: Of a service: what requests are signed with.
        fresh_days: How many days after its date a delivery counts as up to date.
    """

    class Way(models.TextChoices):
        """How its contents come to us."""

        TABLES = "tables", _("Tables that are delivered")
        SERVICE = "service", _("A service that is asked")

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    register = models.CharField(_("register"), max_length=20, choices=Register)
    way = models.CharField(_("way"), max_length=10, choices=Way, default=Way.TABLES)
    path = models.TextField(_("path"), db_collation="C")
    contact = models.CharField(_("who runs it"), max_length=200, blank=True)
    folder = models.CharField(_("folder"), max_length=40, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("connected by"),
    )
    fresh_days = models.PositiveSmallIntegerField(_("days until a delivery is old"), default=35)
    description = models.TextField(_("description of the service"), blank=True)
    secret = SealedTextField(_("secret"), bound_to="uid", null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects: ClassVar[Any] = ConnectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["register", "name"]
        constraints = [
            models.UniqueConstraint(fields=["path", "name"], name="evidence_connection_name"),
            models.CheckConstraint(
                condition=Q(register__in=Register.values), name="evidence_connection_register"
            ),
            models.UniqueConstraint(
                fields=["folder"],
                condition=~Q(folder="") & Q(ended_on=None),
                name="evidence_connection_folder",
            ),
            models.CheckConstraint(
                condition=Q(folder="") | Q(opened_by__isnull=False),
                name="evidence_connection_folder_of",
            ),
            models.CheckConstraint(
                condition=Q(way="tables", description="") | Q(way="service") & ~Q(description=""),
                name="evidence_connection_way",
            ),
            models.CheckConstraint(
                condition=Q(way="tables") | Q(register__in=SERVED),
                name="evidence_need_is_tables",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("evidence:connection", args=[self.pk])

    @property
    def key_column(self) -> str:
        """The column that names a house, a permit or a licence; "" where people are all."""
        return KEYS.get(self.register, "")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def for_user(self, user: Visitor) -> Self:
        """Those of connections that somebody sees."""
        return self.filter(scope_q(user, "connection__path", READERS))

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class Delivery(models.Model):
    """A table that a department delivered: true on a day, and superseding the one before.

    Its rows are kept while it is the newest or the one before, so that it can be taken back.

    Attributes:
        quality: Counts of what is wrong with its rows, by name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(
        Connection, models.PROTECT, related_name="deliveries", verbose_name=_("connection")
    )
    batch = models.OneToOneField(
        "commons.ImportBatch",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("import"),
    )
    as_of = models.DateField(_("true on"))
    rows = models.PositiveIntegerField(_("rows"))
    quality = models.JSONField(_("quality"), default=dict)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects: ClassVar[Any] = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-as_of", "-loaded_at"]
        get_latest_by = ("as_of", "loaded_at")
        indexes = [
            models.Index(
                fields=["connection", "-as_of", "-loaded_at"], name="evidence_delivery_last"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "as_of", "sha256"],
                condition=Q(undone_at=None),
                name="evidence_delivery_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection} {self.as_of}"


def newest_deliveries(connections: QuerySet[Connection]) -> QuerySet[Delivery]:
    """The delivery that holds, of each connection."""
    rows = Delivery.objects.standing().filter(connection__in=connections)
    return rows.order_by("connection_id", "-as_of", "-loaded_at").distinct("connection_id")
