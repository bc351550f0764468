"""Who people on the staff were that have left: deleted when due; number and posts stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from junheng.commons import retention
from junheng.commons.retention import Clock, Due
from junheng.commons.sealing import seal
from junheng.registry.models import StaffMember, StaffPost

STAFF = "registry.staff"
OF_STAFF_MEMBER = tuple(
    f"registry.StaffMember.{name}" for name in ("name", "resident_id", "resident_id_key", "born_on")
)


def register() -> None:
    """Tell the house's clock what it has to delete here."""
    title = gettext_lazy("Staff who have left")
    retention.register(Clock(STAFF, title, OF_STAFF_MEMBER, staff_due, forget_staff))


def staff_due(today: date) -> Due:
    """People whose last post ended long enough ago."""
    until = today - timedelta(days=retention.days_of(OF_STAFF_MEMBER))
    running = StaffPost.objects.filter(person=OuterRef("pk"), valid_to=None)
    rows = StaffMember.objects.exclude(retention.written_down(STAFF)).exclude(Exists(running))
    over = rows.annotate(ended=Max("staff_posts__valid_to")).filter(ended__lte=until)
    for pk, path in over.order_by("pk").values_list("pk", "organisation__path"):
        yield str(pk), path, _("The time of keeping is over.")


def forget_staff(subject: str) -> None:
    """Take name, number and birthday from somebody and their history; the database checks."""
    row = StaffMember.objects.only("pk", "ref").get(pk=int(subject))
    name: Any = StaffMember._meta.get_field("name")
    retention.call("registry_forget_staff", row.pk, bytes(seal("", name.bound(row))))
