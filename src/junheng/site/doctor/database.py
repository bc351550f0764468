"""Checks inside the database."""

from __future__ import annotations

import time
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from junheng.accounts.facade import User
from junheng.commons import demo
from junheng.commons.resealing import carried, strange_indexes
from junheng.kernel.faults import gettext_noop as _
from junheng.places.facade import Place
from junheng.site.doctor.findings import Findings, Needs, Patient, check, fault, warning

SAMPLE = 200
"""Rows at each end of a table, when not all are asked for."""
OFF_SECONDS = 2.0
FAR_OFF_SECONDS = 60.0
INVENTED = "99"
"""How the codes of the demonstration's places begin; no real place has such a code."""


def one_row(sql: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


@check("role", needs=Needs.DATABASE)
def role_owns_nothing(_patient: Patient) -> Findings:
    """Does the site work under a role that owns nothing?"""
    name, mighty, owned = one_row("""
        SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb,
            (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid)
        FROM pg_roles WHERE rolname = current_user
    """)
    level = warning if settings.EXTERNAL_DATABASE else fault
    if mighty or owned:
        yield level(
            _("The site works as %(role)s, which may change tables and history."),
            _("Give the site a role that owns nothing: JUNHENG_DATABASE_OWNER_URL in the guide."),
            role=name,
        )


@check("migrations", needs=Needs.DATABASE)
def migrations_are_applied(_patient: Patient) -> Findings:
    """Are the tables those of this version?"""
    loader = MigrationLoader(connection)
    known, applied = set(loader.disk_migrations), set(loader.applied_migrations)
    if waiting := sorted(known - applied):
        yield fault(
            _("The tables are of an older version: %(count)s changes wait, first %(first)s."),
            _("Make a backup, then run `junheng prepare` or start with `junheng serve`."),
            count=len(waiting),
            first=".".join(waiting[0]),
        )
    ours = {app for app, _name in known}
    if newer := sorted(each for each in applied - known if each[0] in ours):
        yield fault(
            _("The tables are of a newer version than this software (%(first)s)."),
            _("Install the version that made them, or restore the backup of before the upgrade."),
            first=".".join(newer[0]),
        )


@check("triggers", needs=Needs.DATABASE)
def triggers_are_there(_patient: Patient) -> Findings:
    """Are the triggers installed and switched on that guard rows and history?"""
    bad = []
    for model, trigger in pgtrigger.registered():
        status, on = trigger.get_installation_status(model)
        if status != "INSTALLED" or not on:
            bad.append(f"{model._meta.label}.{trigger.name}")
    if bad:
        yield fault(
            _("%(count)s triggers are missing, changed or switched off, first %(first)s."),
            _("Find out who did it; then `junheng manage pgtrigger install` puts them back."),
            count=len(bad),
            first=bad[0],
        )


@check("trigger-switch", needs=Needs.DATABASE)
def triggers_cannot_be_silenced(_patient: Patient) -> Findings:
    """Can only the owner of the tables tell a trigger to look away?"""
    (source,) = one_row("""
        SELECT string_agg(prosrc, ' ') FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'
    """)
    if "pg_has_role" not in (source or ""):
        yield fault(
            _("Any session can tell the guarding triggers to look away."),
            _("Run `junheng prepare`: it closes this switch."),
        )


@check("clock", needs=Needs.DATABASE)
def clocks_agree(_patient: Patient) -> Findings:
    """Does the database's clock agree with this machine's, and does it think in our time zone?"""
    (theirs,) = one_row("SELECT extract(epoch FROM clock_timestamp())")
    off = abs(float(theirs) - time.time())
    if off > OFF_SECONDS:
        level = fault if off > FAR_OFF_SECONDS else warning
        yield level(
            _("The clock of the database differs by %(seconds)s seconds."),
            _("Switch on time synchronisation (chrony) on both machines: deadlines depend on it."),
            seconds=round(off),
        )
    (zone,) = one_row("SHOW TimeZone")
    if zone not in ("UTC", "Etc/UTC", settings.TIME_ZONE):
        yield warning(
            _("The session with the database is in the time zone %(zone)s."),
            _("Remove the time zone set for this role: ALTER ROLE … RESET TimeZone."),
            zone=zone,
        )


@check("encoding", needs=Needs.DATABASE)
def encoding_is_utf8(_patient: Patient) -> Findings:
    """Can the database hold every character of a name?"""
    (encoding,) = one_row("SHOW server_encoding")
    if encoding != "UTF8":
        yield fault(
            _("The database is in %(encoding)s, which lacks characters of rare names."),
            _("Make a database in UTF8 and restore a backup into it."),
            encoding=encoding,
        )


@check("demo-accounts", needs=Needs.DATABASE)
def demo_accounts_are_absent(_patient: Patient) -> Findings:
    """Are the published accounts and the invented county absent from real data?"""
    if settings.DEMO:
        return
    published = {account.username: account.password for account in demo.published()}
    open_doors = sorted(
        user.username
        for user in User.objects.filter(username__in=published, is_active=True)
        if check_password(published[user.username], user.password)
    )
    if open_doors:
        yield fault(
            _("%(count)s accounts have the published password of the demonstration: %(first)s …"),
            _("Close these accounts now, and look at the log of sign-ins."),
            count=len(open_doors),
            first=open_doors[0],
        )
    if Place.objects.filter(code__startswith=INVENTED).exists():
        yield warning(
            _("The invented county is in this database."),
            _("Start real work on an empty installation: set JUNHENG_VAR to a new folder."),
        )


@check("sealed-values", needs=Needs.DATABASE)
def sealed_values_have_keys(_patient: Patient) -> Findings:
    """Is there a key for every sealed value?"""
    have = {int(version) for version in settings.KEYS["sealing"]}
    lost = {version: count for version, count in carried().items() if version not in have}
    for version, count in sorted(lost.items()):
        yield fault(
            _("%(count)s sealed values need key %(version)s, which is not in the file of keys."),
            _("Take that key from your copy of the keys; without it the values stay closed."),
            count=count,
            version=version,
        )


@check("blind-index", needs=Needs.DATABASE)
def look_ups_find(patient: Patient) -> Findings:
    """Do look-ups find what is sealed?"""
    strange, seen = strange_indexes(limit=None if patient.thorough else SAMPLE)
    begun = "blind_index_next" in settings.KEYS
    if strange:
        yield fault(
            _("Look-ups do not find %(count)s of %(seen)s rows: another key made their indexes."),
            _("Stop the site and run `junheng keys rotate blind-index`: it makes all anew."),
            count=strange,
            seen=seen,
        )
    elif begun:
        yield warning(
            _("A change of the blind-index key was begun and not ended; look-ups work as before."),
            _("Stop the site and run `junheng keys rotate blind-index` to its end."),
        )
