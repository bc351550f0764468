"""Everything that aid holds of people, from long ago: what the night has to empty."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from junheng.accounts.tests import cast
from junheng.aid.models import (
    AidTerm,
    BatchFile,
    Beneficiary,
    BudgetLine,
    CheckAuthorisation,
    CheckHit,
    CheckQuestion,
    CheckRule,
    Difference,
    EducationLoan,
    Entitlement,
    Household,
    HouseholdVisit,
    LeftOut,
    NoticeObjection,
    PayAccount,
    PaymentBatch,
    PaymentLine,
    PersonAnswers,
    PublicNotice,
)
from junheng.aid.tests.households import builders as households
from junheng.commons.models import Run, Upload
from junheng.commons.snapshots import freeze
from junheng.evidence.facade import Register
from junheng.evidence.tests import builders as evidence


def paid_out(ago: datetime) -> None:
    """A batch that the bank answered, its file, and the card that it went to."""
    county, school = cast.counties(), cast.school()
    card = {"holder": "王敏", "holder_id": "990100198001010010"}
    budget = BudgetLine.objects.create(
        place=county, path=county.path, policy="boarders", source="county", half_year="2019-2",
        planned_heads=1, planned_fen=1, paper="x",
    )  # fmt: skip
    batch = PaymentBatch.objects.create(
        number="PB19-1", place=county, path=county.path, period="2019-2020-1", source="county",
        state="reconciled", lines_count=1, total_fen=1, made_by=cast.ma(), made_at=ago,
        checked_by=cast.wu(), paid_by=cast.xu(), closed_at=ago,
    )  # fmt: skip
    PaymentLine.objects.create(
        batch=batch, number=1, subject="s", policy="boarders", for_day=ago.date(), fen=1,
        budget=budget, organisation=school, path=school.path, name="王小涵", account="6217",
        account_kind="guardian_card", account_key="K", **card,
    )  # fmt: skip
    BatchFile.objects.create(
        batch=batch, name="x.csv", layout="x", sha256="a" * 64, content="x", by=cast.xu()
    )
    notice = PublicNotice.objects.create(
        batch=batch, organisation=school, path=school.path, heads=1, fen=1, page_zh="王*涵",
        page_en="王*涵", sha256="a" * 64, from_on=ago.date(), until_on=ago.date(),
        posted_by=cast.ma(),
    )  # fmt: skip
    NoticeObjection.objects.create(
        number="AN19-1", notice=notice, state="rejected", words="No.", contact="x", answer="So.",
        raised_by=cast.ma(), raised_at=ago, answered_by=cast.ma(), answered_at=ago,
    )  # fmt: skip
    EducationLoan.objects.create(
        place=county, path=county.path, year=2019, name="王敏", resident_id="990100198001010010",
        resident_id_key="K", fen=1, bank="x", on=ago.date(), by=cast.ma(), at=ago,
    )  # fmt: skip
    Beneficiary.objects.create(
        name="王敏", resident_id="990100198001010010", resident_id_key="K", stage="higher",
        born_on=date(1980, 1, 1), institution="x", place=county, path=county.path,
        valid_from=ago.date() - timedelta(days=9), valid_to=ago.date(),
        entered_by=cast.ma(),
    )  # fmt: skip
    PayAccount.objects.create(
        organisation=school, path=school.path, subject="s", kind="guardian_card", number="6217",
        number_key="K", entered_by=cast.ma(), entered_at=ago, decided_by=cast.wu(), decided_at=ago,
        replaced_at=ago, refused_because="Another name.", **card,
    )  # fmt: skip


def in_a_village() -> None:
    """A household that left poverty long ago, with everything that was said of it."""
    home = households.removed_long_ago()
    households.spoken_of(home)
    flagged(home)


def flagged(home: Household) -> None:
    """A check of long ago: a hit, the visit, and somebody left out."""
    ago = timezone.now() - timedelta(days=4_000)
    county, day = cast.counties(), ago.date()
    source = evidence.tables(Register.VEHICLE)
    rule = CheckRule.objects.create(
        place=county, connection=source, register="vehicle", speaks="against", test="any",
        document="x", article="x", valid_from=day, asked_by=cast.ma(), agreed_by=cast.wu(),
    )  # fmt: skip
    head = home.members.order_by("pk")[0]
    signed = CheckAuthorisation.objects.create(
        household=home, signed_by=head, signed_on=day, paper="x", registers=["vehicle"],
        valid_from=day, valid_to=day + timedelta(days=9), entered_by=cast.ma(),
    )  # fmt: skip
    Upload.objects.create(
        subject=signed.scans, owner=cast.tian(), key="k", name="x", length=3, received=3,
        state="ready", sha256="b" * 64, begun_at=ago, expires_at=ago,
    )  # fmt: skip
    run = Run.objects.create(
        ref="RUN-C", kind="aid.cross_check", matter="aid check", rules_version="1", state="done",
        snapshot=freeze("aid.cross_check", {"check.json": b"{}"}), receipt={},
        receipt_sha256="a" * 64, result_sha256="a" * 64, requested_at=ago,
    )  # fmt: skip
    visit = HouseholdVisit.objects.create(
        number="HV19-1", household=home, opened_at=ago, reply_until=day, heard_on=day,
        heard_by=cast.tian(), said="No.", seen="A cart.", reply="No.", words="So.",
        outcome="stays", decided_by=cast.ma(), decided_at=ago,
    )  # fmt: skip
    of_it = {"run": run, "rule": rule, "register": "vehicle", "source": "x", "as_of": day}
    CheckHit.objects.create(
        visit=visit, household=home, member=head, authorisation=signed, step="exact",
        certain=True, probability=1, mark="K", sealed="[]", found_at=ago, **of_it,
    )  # fmt: skip
    CheckQuestion.objects.create(
        run=run, household=home, member=head, connection=source, authorisation=signed,
        register="vehicle", day=day, described="x", asked_at=ago, answered_at=ago, as_of=day,
        sealed="{}", digest="x",
    )  # fmt: skip
    LeftOut.objects.create(
        place=county, path=county.path, name="王敏", resident_id="990100198001010010",
        born_on=day, mark="K", sealed="[]", words="So.", state="not_in_need",
        decided_by=cast.ma(), decided_at=ago, found_at=ago, **of_it,
    )  # fmt: skip


def decided_of(ago: datetime) -> None:
    """A term of aid that was decided, published and compared."""
    county, who, day = cast.counties(), uuid4(), ago.date()
    term = AidTerm.objects.create(
        place=county, code="2019-2020-1", starts_on=day - timedelta(days=90), ends_on=day
    )
    run = Run.objects.create(
        ref="RUN-1", kind="aid.entitlement", matter=term.matter, rules_version="1", state="done",
        snapshot=freeze("aid.term", {"facts.parquet": b"facts"}), receipt={},
        receipt_sha256="a" * 64, result_sha256="a" * 64, requested_at=ago,
        published_at=ago, published_by=cast.ma(),
    )  # fmt: skip
    of_them = {"subject": who, "path": county.path}
    PersonAnswers.objects.create(
        run=run, day=day, facts={"born_on": "2012-05-01"}, answers=[0], **of_them
    )
    of_them |= {"policy": "boarders", "for_day": day}
    Entitlement.objects.create(run=run, version=1, answer=0, fen=1, **of_them)
    Difference.objects.create(term=term, kind="unpaid", due_fen=1, paid_fen=0, times=0, **of_them)
