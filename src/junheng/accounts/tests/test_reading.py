"""The read log: nothing masked is shown without a line in it."""

from __future__ import annotations

import pytest

from junheng.accounts.models import ReadLog
from junheng.accounts.services.reading import note_read
from junheng.accounts.tests import cast

pytestmark = pytest.mark.django_db


def test_a_reading_says_who_what_and_why() -> None:
    li, subject = cast.li(), cast.school()
    note_read(li, subject, ["phone", "address", "phone"], " parent called ", address="10.0.0.8")
    row = ReadLog.objects.get()
    assert (row.reader, row.kind, row.key) == (li, "places.organisation", str(subject.pk))
    assert (row.fields, row.reason) == (["address", "phone"], "parent called")
    assert row.reader_path == "/99/9901/990100/@990100-bureau/"


def test_a_family_reads_its_own_under_no_path() -> None:
    assert note_read(cast.zhao(), cast.school(), ["phone"], "own data").reader_path == ""


@pytest.mark.parametrize(("fields", "reason"), [([], "why"), (["phone"], "  ")])
def test_a_reading_without_reason_or_field_is_refused(fields: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        note_read(cast.li(), cast.school(), fields, reason)
