"""Signing in is for everyone; the rest is for the administrators, each for their own part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from junheng.accounts.facade import RevealField, register_reveal
from junheng.accounts.models import Appointment, User
from junheng.accounts.tests import cast
from junheng.commons import personal
from junheng.commons.models import PersonalField
from junheng.places.models import Organisation, Role
from tests.permissions.table import (
    ADMINISTRATORS,
    EVERYONE,
    FAMILY,
    SIGNED_IN,
    STAFF,
    VISITOR,
    Row,
    World,
)

LOGS = "audit_admin auditor"


def _school(user: User, key: str) -> Organisation | None:
    """Only Li may ask for this one."""
    return Organisation.objects.filter(code=key).first() if user.username == "li" else None


register_reveal(
    "permission-test",
    find=_school,
    fields={"name": RevealField("Name", lambda organisation: organisation.name)},
)


def furnish(world: World) -> None:
    """A clerk to act on, with a post to take away."""
    clerk = cast.person("jiang", Role.SCHOOL_CLERK, cast.school())
    world.things["clerk"] = clerk
    world.things["appointment"] = Appointment.objects.get(user=clerk)
    world.things["data_request"] = personal.ask_right(
        world.cast.family, "correct", subject="", path=cast.bureau().reach, words="Wrong name"
    )
    world.things["post"] = cast.post(Role.AUDITOR, cast.bureau())


def a_request(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["data_request"].pk}


def a_field(_: World) -> Mapping[str, Any]:
    found = PersonalField.objects.get(key="admissions.Application.phone", valid_to=None)
    return {"pk": found.pk}


def a_year(_: World) -> Mapping[str, Any]:
    return {"year": 2026}


def clerk(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["clerk"].pk}


def appointment(world: World) -> Mapping[str, Any]:
    return {"pk": world.things["appointment"].pk}


def changed(world: World) -> Mapping[str, Any]:
    return {"kind": "accounts.user", "pk": world.things["clerk"].pk}


def masked(_: World) -> Mapping[str, Any]:
    return {"kind": "permission-test", "key": "school-1", "field": "name"}


def why(_: World) -> Mapping[str, Any]:
    return {"why": "asked by the person"}


def somebody_new(_: World) -> Mapping[str, Any]:
    return {"username": "new", "name": "New", "home": cast.school().pk}


def a_post(_: World) -> Mapping[str, Any]:
    return {"organisation": cast.school().pk, "role": "school_clerk", "title": "Second clerk"}


def to_a_post(world: World) -> Mapping[str, Any]:
    return {"post": world.things["post"].pk, "valid_from": "2026-09-01", "why": "order 7"}


SIGNING_IN = [
    Row("account_login", may=VISITOR, otherwise=302),
    Row("account_login", may=VISITOR, otherwise=302, method="POST"),
    Row("account_logout", may=SIGNED_IN, visitor=302),
    Row("account_logout", may=EVERYONE, answer=302, method="POST"),
    Row("account_inactive", may=EVERYONE),
    Row("account_reauthenticate", may=SIGNED_IN),
    Row("account_reauthenticate", may=SIGNED_IN, method="POST"),
    Row("account_change_password", may=SIGNED_IN),
    Row("account_change_password", may=SIGNED_IN, method="POST"),
    Row("accounts:no_post", may=SIGNED_IN, answer=302, note="all of them have one"),
    Row("mfa_index", may=SIGNED_IN),
    Row("mfa_authenticate", may=EVERYONE, answer=302, note="nobody is half signed in"),
    Row("mfa_authenticate", may=EVERYONE, answer=302, method="POST"),
    Row("mfa_reauthenticate", may=STAFF, otherwise=302),
    Row("mfa_reauthenticate", may=STAFF, otherwise=302, method="POST"),
    Row("mfa_activate_totp", may=FAMILY, otherwise=302, note="staff have one"),
    Row("mfa_activate_totp", may=FAMILY, otherwise=302, method="POST"),
    Row("mfa_deactivate_totp", may=STAFF),
    Row("mfa_deactivate_totp", may=STAFF, method="POST", note="refused in words"),
    Row("mfa_view_recovery_codes", note="the cast has none"),
    Row("mfa_download_recovery_codes", note="the cast has none"),
    Row("mfa_generate_recovery_codes", may=SIGNED_IN),
    Row(
        "mfa_generate_recovery_codes",
        may=STAFF,
        answer=302,
        method="POST",
        otherwise=200,
    ),
    Row("accounts:phone", may=EVERYONE),
    Row("accounts:phone", may=EVERYONE, answer=422, method="POST", note="no number"),
    Row("accounts:phone_code", may=EVERYONE, answer=302, note="nobody has asked for one"),
    Row("accounts:phone_code", may=EVERYONE, answer=302, method="POST"),
    Row("set_language", may=EVERYONE, answer=302, method="POST"),
]

ADMINISTRATION = [
    Row("accounts:people", may=ADMINISTRATORS),
    Row("accounts:people", may=ADMINISTRATORS, method="POST", note="export"),
    Row("accounts:person", may=ADMINISTRATORS, args=clerk),
    Row("accounts:new_person", may="system_admin"),
    Row("accounts:new_person", may="system_admin", method="POST", data=somebody_new),
    Row("accounts:new_password", may="system_admin", args=clerk),
    Row("accounts:new_password", may="system_admin", args=clerk, method="POST", data=why),
    Row("accounts:close", may="system_admin", args=clerk),
    Row("accounts:close", may="system_admin", answer=302, args=clerk, method="POST", data=why),
    Row("accounts:reopen", may="system_admin", args=clerk),
    Row("accounts:reopen", may="system_admin", answer=302, args=clerk, method="POST", data=why),
    Row("accounts:clear_second_factor", may="security_admin", args=clerk),
    Row(
        "accounts:clear_second_factor",
        may="security_admin",
        answer=302,
        args=clerk,
        method="POST",
        data=why,
    ),
    Row("accounts:appoint", may="security_admin", args=clerk),
    Row(
        "accounts:appoint",
        may="security_admin",
        answer=302,
        args=clerk,
        method="POST",
        data=to_a_post,
    ),
    Row("accounts:posts", may=ADMINISTRATORS),
    Row("accounts:posts", may=ADMINISTRATORS, method="POST", note="export"),
    Row("accounts:new_post", may="system_admin"),
    Row("accounts:new_post", may="system_admin", answer=302, method="POST", data=a_post),
    Row("accounts:appointments", may=ADMINISTRATORS),
    Row("accounts:appointments", may=ADMINISTRATORS, method="POST", note="export"),
    Row("accounts:end_appointment", may="security_admin", args=appointment),
    Row(
        "accounts:end_appointment",
        may="security_admin",
        answer=302,
        args=appointment,
        method="POST",
        data=why,
    ),
]

AUDIT = [
    Row("accounts:attempts", may=LOGS),
    Row("accounts:attempts", may=LOGS, method="POST", note="export"),
    Row("accounts:sign_ins", may=LOGS),
    Row("accounts:sign_ins", may=LOGS, method="POST", note="export"),
    Row("accounts:readings", may=LOGS),
    Row("accounts:readings", may=LOGS, method="POST", note="export"),
    Row("accounts:changes", may=LOGS),
    Row("accounts:changes", may=LOGS, method="POST", note="export"),
    Row("accounts:change", may=LOGS, args=changed),
    Row("accounts:reveal", may="admissions_officer", args=masked),
    Row("accounts:reveal", may="admissions_officer", args=masked, method="POST", data=why),
]

ANSWER, KNOW = "admissions_officer bureau_leader", "admissions_officer bureau_leader auditor"
PERSONAL = [
    Row("accounts:my_data", may=FAMILY),
    Row("accounts:ask_right", may=FAMILY, answer=422, method="POST"),
    Row("accounts:copy_data", may=FAMILY, method="POST"),
    Row("accounts:data_requests", may=KNOW),
    Row("accounts:data_request", may=KNOW, args=a_request),
    Row("accounts:data_request", may=ANSWER, args=a_request, answer=422, method="POST"),
    Row("accounts:personal_data", may=KNOW),
    Row("accounts:personal_field", may="bureau_leader", args=a_field),
    Row("accounts:personal_field", may="bureau_leader", args=a_field, answer=422, method="POST"),
    Row("accounts:note_incident", may=ANSWER, answer=302, method="POST"),
    Row("accounts:compliance", may=KNOW, args=a_year),
    Row("accounts:compliance_file", may=KNOW, args=a_year),
]

ROWS = [*SIGNING_IN, *ADMINISTRATION, *AUDIT, *PERSONAL]
