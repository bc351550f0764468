"""Columns of the administrators' and auditors' lists."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from junheng.accounts.access.tracking import Tracked
from junheng.accounts.models import Appointment, Outcome, ReadLog, SignIn, User
from junheng.commons.attempts import title_of
from junheng.commons.tables import BadgeColumn, DateColumn, ListTable, MomentColumn, NumberColumn
from junheng.places.facade import Organisation, Place, Post

OUTCOME_TONES = {
    Outcome.SIGNED_IN: "success",
    Outcome.WRONG: "warning",
    Outcome.WRONG_CODE: "warning",
    Outcome.LOCKED: "danger",
    Outcome.SLOWED: "danger",
}
WHAT = {
    "insert": gettext_lazy("Added"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Removed"),
}
WHAT_TONES = {"insert": "success", "update": "info", "delete": "danger"}
MOMENT = "Y-m-d H:i:s"
DAY = "Y-m-d"


class PeopleTable(ListTable):
    """Accounts of staff by username."""

    username = tables.Column(gettext_lazy("Username"), orderable=True)
    name = tables.Column(pgettext_lazy("person", "Name"))
    home = tables.Column(gettext_lazy("Organisation"))
    held = tables.Column(gettext_lazy("Posts"), empty_values=())
    has_second_factor = BadgeColumn(
        tones={True: "success", False: "warning"},
        labels={True: gettext_lazy("set up"), False: gettext_lazy("not yet")},
        verbose_name=gettext_lazy("Second factor"),
    )
    is_active = BadgeColumn(
        tones={True: "plain", False: "danger"},
        labels={True: gettext_lazy("open"), False: gettext_lazy("closed")},
        verbose_name=gettext_lazy("Account"),
    )

    def render_username(self, record: User) -> str:
        return _link("accounts:person", record.pk, record.username)

    def value_username(self, record: User) -> str:
        return record.username

    def render_held(self, value: list[Appointment]) -> str:
        return ", ".join(_post_words(row.post) for row in value) or "—"


class PostTable(ListTable):
    """Posts by organisation."""

    organisation = tables.Column(gettext_lazy("Organisation"))
    title = tables.Column(gettext_lazy("Post"))
    role = tables.Column(gettext_lazy("Role"))
    held = tables.Column(gettext_lazy("Held by"), empty_values=())

    def render_held(self, value: list[Appointment]) -> str:
        return ", ".join(str(row.user) for row in value) or gettext("vacant")


class AppointmentTable(ListTable):
    """Appointments, the latest first."""

    user = tables.Column(gettext_lazy("Person"))
    post = tables.Column(gettext_lazy("Post"))
    role = tables.Column(gettext_lazy("Role"), accessor="post__role")
    valid_from = DateColumn(verbose_name=gettext_lazy("From"), format=DAY)
    valid_to = DateColumn(verbose_name=gettext_lazy("Ended on"), format=DAY)
    granted_by = tables.Column(gettext_lazy("Appointed by"))

    def render_user(self, record: Appointment) -> str:
        return _link("accounts:person", record.user_id, str(record.user))

    def value_user(self, record: Appointment) -> str:
        return str(record.user)


class OrganisationTable(ListTable):
    """Organisations by code."""

    code = tables.Column(gettext_lazy("Code"), orderable=True)
    name = tables.Column(gettext_lazy("Name"))
    kind = tables.Column(gettext_lazy("Kind"))
    place = tables.Column(gettext_lazy("Place"))
    valid_to = DateColumn(verbose_name=gettext_lazy("Ended on"), format=DAY)

    def render_place(self, record: Organisation) -> str:
        return _link("places:place", record.place.code, record.place.name)

    def value_place(self, record: Organisation) -> str:
        return record.place.name


class PlaceTable(ListTable):
    """Places by code; the name leads into the place."""

    code = tables.Column(gettext_lazy("Code"), orderable=True)
    name = tables.Column(gettext_lazy("Name"))
    level = tables.Column(pgettext_lazy("place", "Level"))
    inside = NumberColumn(verbose_name=gettext_lazy("Places inside"))
    organisations = NumberColumn(verbose_name=gettext_lazy("Organisations"), accessor="sited")
    valid_to = DateColumn(verbose_name=gettext_lazy("Ended on"), format=DAY)

    def render_name(self, record: Place) -> str:
        return _link("places:place", record.code, record.name)

    def value_name(self, record: Place) -> str:
        return record.name


class SignInTable(ListTable):
    """Sign-ins, newest first."""

    at = MomentColumn(verbose_name=gettext_lazy("At"), format=MOMENT)
    username = tables.Column(gettext_lazy("Username"))
    user = tables.Column(pgettext_lazy("person", "Name"))
    outcome = BadgeColumn(
        tones=OUTCOME_TONES, verbose_name=gettext_lazy("Outcome"), labels=dict(Outcome.choices)
    )
    address = tables.Column(pgettext_lazy("network", "Address"))
    agent = tables.Column(gettext_lazy("Program"))

    def render_username(self, record: SignIn) -> str:
        return gettext("no account") if record.user_id is None else record.username

    def value_username(self, record: SignIn) -> str:
        return self.render_username(record)


class AttemptTable(ListTable):
    """What the rules refused, newest first."""

    at = tables.DateTimeColumn(verbose_name=gettext_lazy("At"), format=MOMENT)
    by = tables.Column(pgettext_lazy("person", "Name"))
    address = tables.Column(pgettext_lazy("network", "Address"))
    deed = tables.Column(gettext_lazy("Tried"))
    matter = tables.Column(gettext_lazy("Matter"))
    answer = tables.Column(gettext_lazy("Answer"))

    def render_deed(self, value: str) -> str:
        return title_of(value)


class ReadingTable(ListTable):
    """What was shown in the clear, newest first."""

    at = MomentColumn(verbose_name=gettext_lazy("At"), format=MOMENT)
    reader = tables.Column(gettext_lazy("Reader"))
    kind = tables.Column(gettext_lazy("Kind"))
    key = tables.Column(pgettext_lazy("record", "Number"))
    fields = tables.Column(gettext_lazy("Fields"))
    reason = tables.Column(gettext_lazy("Reason"))
    address = tables.Column(pgettext_lazy("network", "Address"))

    def render_fields(self, record: ReadLog) -> str:
        return ", ".join(record.fields)


class ChangeTable(ListTable):
    """Events of one history, newest first."""

    at = MomentColumn(verbose_name=gettext_lazy("At"), accessor="pgh_created_at", format=MOMENT)
    what = BadgeColumn(
        tones=WHAT_TONES,
        labels=WHAT,
        accessor="pgh_label",
        verbose_name=gettext_lazy("What happened"),
    )
    number = tables.Column(pgettext_lazy("record", "Number"), accessor="pgh_obj_id")
    about = tables.Column(gettext_lazy("Concerns"), empty_values=())
    who = tables.Column(gettext_lazy("Who"), empty_values=())
    why = tables.Column(gettext_lazy("Reason"))
    url = tables.Column(gettext_lazy("Page"))

    def __init__(self, *args: Any, tracked: Tracked, **kwargs: Any) -> None:
        self.tracked = tracked
        super().__init__(*args, **kwargs)

    def render_about(self, record: Any) -> str:
        return self.tracked.words(record)

    def render_number(self, value: int) -> str:
        url = reverse("accounts:change", args=[self.tracked.kind, value])
        return format_html('<a href="{}">{}</a>', url, value)

    def value_number(self, value: int) -> int:
        return value

    def render_who(self, record: Any) -> str:
        return record.who or record.who_username or gettext("the system")


def _link(url_name: str, argument: object, words: str) -> str:
    return format_html('<a href="{}">{}</a>', reverse(url_name, args=[argument]), words)


def _post_words(post: Post) -> str:
    return f"{post.organisation} · {post.title}"
