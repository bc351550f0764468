"""Checks of the settings and of what lies on the disk beside the database."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.utils import timezone

from junheng.commons.sealing import SealBroken, unseal_bytes
from junheng.commons.storage import damaged_blobs
from junheng.commons.uploads.shelf import bound_photo, sealed_photos
from junheng.kernel.faults import gettext_noop as _
from junheng.site.doctor.findings import Finding, Findings, Needs, Patient, check, fault, warning

LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
SAMPLE = 200
"""Stored files that are read when not all are asked for."""
BACKUP_AGE = timedelta(hours=26)
"""A backup every night, with two hours for a slow one."""


@check("system", needs=Needs.SETTINGS)
def django_is_content(_patient: Patient) -> Findings:
    """Do the parts of the software fit together?"""
    for message in run_checks():
        if message.level >= ERROR:
            yield fault(
                _("The software is not whole: %(said)s"),
                _("Install this version again with `make setup`."),
                said=f"{message.id} {message.msg}",
            )


@check("debug", needs=Needs.SETTINGS)
def debug_is_off(_patient: Patient) -> Findings:
    """Is the site closed to contributors' tools?"""
    if settings.DEBUG and not settings.DEMO:
        yield fault(
            _("JUNHENG_DEBUG is on: an error would show passwords and names."),
            _("Remove JUNHENG_DEBUG and start again."),
        )


@check("hosts", needs=Needs.SETTINGS)
def hosts_are_named(_patient: Patient) -> Findings:
    """Are the site's own names set, and no others?"""
    if settings.DEMO:
        return
    names = set(settings.ALLOWED_HOSTS)
    if any(name.startswith(("*", ".")) for name in names):
        yield fault(
            _("JUNHENG_HOSTS lets in every name, so links in letters could point elsewhere."),
            _("Write the site's own names there, separated by commas."),
        )
    elif names <= LOCAL:
        yield warning(
            _("The site answers on this machine only."),
            _("Set JUNHENG_HOSTS to the name under which people reach it."),
        )


@check("https", needs=Needs.SETTINGS)
def https_is_on(_patient: Patient) -> Findings:
    """Is the way to the site encrypted?"""
    reachable = not set(settings.ALLOWED_HOSTS) <= LOCAL
    if reachable and not settings.SECURE and not settings.DEMO:
        yield fault(
            _("People reach the site without TLS: passwords travel in the clear."),
            _("Put a proxy with a certificate in front and set JUNHENG_HTTPS=true."),
        )


@check("proxies", needs=Needs.SETTINGS)
def proxies_are_counted(_patient: Patient) -> Findings:
    """Does the number of proxies fit?"""
    count = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if settings.SECURE and count == 0:
        yield warning(
            _("TLS is on but no proxy is counted: every visitor has the proxy's address."),
            _("Set JUNHENG_PROXIES to the number of proxies in front of the site, mostly 1."),
        )
    if count > 0 and not settings.SECURE and not settings.DEMO:
        yield warning(
            _("Proxies are counted (%(count)s) but TLS is off."),
            _("Set JUNHENG_HTTPS=true once the proxy has its certificate."),
            count=count,
        )


@check("text-messages", needs=Needs.SETTINGS)
def messages_reach_telephones(_patient: Patient) -> Findings:
    """Do codes and messages go to telephones, and nowhere else?"""
    if settings.DEMO:
        return
    if not settings.SMS_URL:
        yield warning(
            _(
                "No gateway for text messages is set: codes and messages wait and are given up, and"
                " families cannot sign in by telephone."
            ),
            _("Set JUNHENG_SMS_URL and what belongs to it (docs/operations)."),
        )
        return
    parts = urlsplit(settings.SMS_URL)
    if parts.scheme != "https" and parts.hostname not in LOCAL:
        yield fault(
            _("Text messages go to the gateway in the clear."),
            _("Write an address with https into JUNHENG_SMS_URL."),
        )
    if not (settings.SMS_KEY and settings.SMS_SECRET):
        yield fault(
            _("Requests to the gateway for text messages are not signed."),
            _("Set JUNHENG_SMS_KEY and JUNHENG_SMS_SECRET."),
        )


@check("static-files", needs=Needs.SETTINGS)
def static_files_are_collected(_patient: Patient) -> Findings:
    """Are the page components there, and those of this version?"""
    from junheng.site.prepare import static_are_current

    if not Path(settings.NODE_MODULES).is_dir():
        yield fault(
            _("There is no folder %(folder)s with page components."),
            _("Run `make setup`, or set JUNHENG_NODE_MODULES."),
            folder=settings.NODE_MODULES,
        )
    elif not static_are_current():
        yield fault(
            _("The page components under %(folder)s are missing or of another version."),
            _("Run `junheng prepare`; `junheng serve` does it at each start."),
            folder=settings.STATIC_ROOT,
        )


@check("stored-files", needs=Needs.SETTINGS)
def stored_files_are_sound(patient: Patient) -> Findings:
    """Are stored files what they were when they were stored?"""
    blobs = sorted(settings.STORAGE_ROOT.rglob("blobs/*/*"))
    if not patient.thorough and len(blobs) > SAMPLE:
        blobs = random.sample(blobs, SAMPLE)  # no secret
    for blob in damaged_blobs(blobs):
        yield _changed(blob)
    photos = list(sealed_photos())
    if not patient.thorough and len(photos) > SAMPLE:
        photos = random.sample(photos, SAMPLE)  # no secret
    for upload, photo in photos:
        with suppress(FileNotFoundError):  # removed meanwhile
            try:
                unseal_bytes(photo.read_bytes(), bound_photo(upload))
            except SealBroken:
                yield _changed(photo)


def _changed(file: Path) -> Finding:
    return fault(
        _("The stored file %(file)s was changed on the disk."),
        _("Put it back from a backup (docs/operations), then look for a failing disk."),
        file=file,
    )


@check("backup", needs=Needs.SETTINGS)
def backup_is_fresh(_patient: Patient) -> Findings:
    """Was there a backup since yesterday?"""
    from junheng.site.backups.notes import last_backup

    if settings.DEMO:
        return
    last = last_backup(settings.VAR)
    if last is None:
        yield warning(
            _("No backup was made yet."),
            _("Run `junheng backup FOLDER` every night (docs/operations has a timer)."),
        )
    elif timezone.now() - last.at > BACKUP_AGE:
        yield warning(
            _("The last backup is of %(at)s."),
            _("Look why the nightly one did not run: `systemctl status junheng-backup`."),
            at=timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M"),
        )
    elif not Path(last.file).exists():
        yield warning(
            _("The last backup, %(file)s, is not there any more."),
            _("If you moved it to another machine all is well; else make a new one."),
            file=last.file,
        )
