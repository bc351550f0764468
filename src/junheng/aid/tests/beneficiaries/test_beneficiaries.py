"""People outside grades 1 to 9 come in soundly, are decided with the pupils, and few see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import duckdb
import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoDbBlocker, Settings

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import english
from junheng.aid.engine.facts import KEYS, STORED
from junheng.aid.models import Beneficiary, Entitlement, FormerPayment
from junheng.aid.selectors.person import PolicyAnswer, answers_for
from junheng.aid.selectors.policies import content_of
from junheng.aid.selectors.subjects import names_of
from junheng.aid.services import beneficiaries as services
from junheng.aid.services.batches import NotTheirPost
from junheng.aid.services.beneficiaries import NotSo
from junheng.aid.snapshots import frozen, replaying
from junheng.aid.snapshots.facts import facts_engine
from junheng.aid.tests import builders as aid
from junheng.aid.tests.beneficiaries.builders import NUMBER, at_university, somebody
from junheng.aid.tests.households import builders as households
from junheng.aid.tests.sharing import shared
from junheng.commons import import_reports, imports
from junheng.commons.models import ImportBatch
from junheng.commons.snapshots import thaw
from junheng.commons.tests.roles import as_the_site
from junheng.evidence.facade import number_index
from junheng.registry.tests.builders import a_class, a_pupil

__all__ = ["english"]  # a fixture that is always on
pytestmark = pytest.mark.django_db
HALF = [{"when": "", "permille": 500, "of": "fee"}]
OTHER = "990100200705010024"
HEADER = (
    "name,resident_id,sex,born_on,stage,school_code,institution,township,private,degree,"
    "boarder,disabled,orphan,striving_class,skills_certificate,valid_from,valid_to,fee"
)
CHILD = f'田小禾,{NUMBER},,,kindergarten,,Sunflower,,yes,,no,,no,,,2025-09-01,,"1,800.5"'
ENTERING = "王敏,,2,2007-05-01,higher,,Yunhuai University,,no,bachelor_key,,,,,,2025-09-01,,"


@pytest.fixture
def storage(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGE_ROOT = tmp_path


def received(*rows: str) -> ImportBatch:
    importer = imports.importer_of("aid.beneficiaries")
    assert importer is not None
    return imports.receive(
        importer,
        "\n".join([HEADER, *rows]).encode(),
        name="table.csv",
        target={"place": cast.counties().code},
        by=cast.ma(),
    )


def test_a_table_comes_in_whole_and_goes_as_it_came(storage: None) -> None:
    batch = received(CHILD, ENTERING)
    assert batch.state == "previewed", import_reports.report_of(batch).faults
    imports.write(batch)
    child, adult = Beneficiary.objects.order_by("stage").reverse()
    assert (str(child.name), child.born_on, child.sex) == ("田小禾", date(2021, 9, 1), "1")
    assert (child.private, child.boarder, child.disabled) == (True, False, None)
    assert (child.fee_fen, adult.fee_fen) == (180_050, None)
    assert (adult.resident_id_key, adult.degree) == ("", "bachelor_key")
    imports.undo(batch, cast.ma())
    assert not Beneficiary.objects.exists()


def test_a_table_with_mistakes_says_each_in_its_cell(storage: None) -> None:
    a_pupil(a_class(size=0), resident_id=OTHER, resident_id_key=number_index(OTHER))
    somebody(resident_id=NUMBER)
    batch = received(
        CHILD,
        ENTERING.replace("王敏,", f"王敏,{OTHER}").replace(",2,", ",1,"),
        "王敏,,,,vocational,nowhere,,nowhere,,college,,,,,,2025-09-01,2025-09-01,",
        "王敏,,,2026-01-01,vocational,,,,,,,,,,,2025-09-01,,",
    )
    told = "\n".join(f"{one.row} {one.message}" for one in import_reports.report_of(batch).faults)
    for words in (
        "2 Somebody with this number is entered",
        "3 Somebody with this number is a pupil",
        "3 The ID number is of the other sex",
        "4 There is no school nowhere",
        "4 There is no township nowhere",
        "4 Only higher education",
        "4 It would end before",
        "5 Write the institution",
        "5 That is before the birthday",
    ):
        assert words in told, told
    assert batch.state == "refused"
    assert Beneficiary.objects.count() == 1


def test_a_fee_that_is_no_amount_is_told_in_its_cell(storage: None) -> None:
    fees = ("-1", "0.005", "12.5%", "1e9", "10000000.01", "many", "9" * 5000)
    batch = received(*(f"王敏,,,,vocational,,X,,,,,,,,,2025-09-01,,{fee}" for fee in fees))
    told = [(one.row, one.message, one.fix) for one in import_reports.report_of(batch).faults]
    assert [(row, message.split("”")[0]) for row, message, _fix in told] == [
        (row, f"“{fee}") for row, fee in enumerate(fees, 2)
    ]
    assert {fix for _row, _message, fix in told} == {
        "Write yuan with at most two decimals, from 0 to 10,000,000.00."
    }


@pytest.fixture(scope="module")
def decided(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Beneficiary]]:
    """A poor student, one without a number, one of no household, an orphan of a kindergarten."""
    with shared(django_db_blocker, tmp_path_factory.mktemp("files")):
        home = households.poor()
        households.member(home, OTHER, relation="20", valid_from=None)
        people = {
            "poor": at_university(resident_id=OTHER),
            "nameless": at_university(name="王敏"),
            "other": at_university(resident_id="990100200705010032"),
            "orphan": somebody(orphan=True, private=True),
            "strives": somebody(stage="upper_secondary", striving_class=True),
            "strives not": somebody(stage="upper_secondary", striving_class=False),
            "nobody said": somebody(stage="upper_secondary"),
            "pays": somebody(fee="1,234.57", institution="Sunflower"),
            "pays nothing": somebody(fee="0"),
        }
        aid.told("registered_poor", "orphan", "boarder")
        aid.approved("stage = 'higher'", "registered_poor OR orphan", code="entering")
        aid.approved("stage = 'kindergarten'", "orphan", "private_school", code="nursery")
        aid.approved("stage = 'upper_secondary'", "striving_class", code="striving")
        aid.approved("stage = 'kindergarten'", code="half", rates=HALF)
        aid.decided()
        yield people


def answer_of(one: Beneficiary, policy: str) -> tuple[int, int | None] | None:
    row = Entitlement.objects.filter(subject=one.pk, policy=policy).first()
    return (row.answer, row.fen) if row else None


def test_the_striving_class_is_told_in_the_row(decided: dict[str, Beneficiary]) -> None:
    assert answer_of(decided["strives"], "striving") == (0, 50_000)
    assert answer_of(decided["strives not"], "striving") is None
    assert answer_of(decided["nobody said"], "striving") == (-2, None)


def test_half_of_the_fee_is_due_where_it_is_told(decided: dict[str, Beneficiary]) -> None:
    assert answer_of(decided["pays"], "half") == (0, 61_728)
    assert answer_of(decided["pays nothing"], "half") is None
    assert answer_of(decided["orphan"], "half") == (-2, None)


def test_why_says_of_what_the_amount_is_a_share_and_who_has_to_tell_it(
    decided: dict[str, Beneficiary],
) -> None:
    told = {who: half_of(decided[who]) for who in ("pays", "pays nothing", "orphan")}
    assert told["pays"].basis == (
        "The amount is 50 % of “fee for a term”; the register of people outside grades 1 to 9 "
        "says: 1,234.57 yuan."
    )
    assert (told["pays nothing"].basis, told["pays nothing"].outcome) == ("", "not_entitled")
    assert told["orphan"].sentence.startswith("Which amount applies cannot be told yet")
    assert told["orphan"].basis == (
        "The amount is 50 % of “fee for a term”, which the register of people outside grades 1 to "
        "9 does not tell."
    )
    assert told["orphan"].changes == ("The office has to be told, with a paper: “fee for a term”.",)
    closed = answers_for(decided["pays"].pk, aid.a_term(), {}, closed=frozenset({"half"}))
    assert [(one.fen, one.basis) for one in closed if one.policy == "half"] == [(61_728, "")]


def half_of(one: Beneficiary) -> PolicyAnswer:
    answers = answers_for(one.pk, aid.a_term(), {})
    return next(answer for answer in answers if answer.policy == "half")


def test_a_version_may_pay_half_of_a_fee_and_a_term_frozen_before_can_still_be_asked(
    decided: dict[str, Beneficiary], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = aid.a_draft("stage = 'kindergarten'", code="half", rates=HALF)
    snapshot = replaying.newest(aid.a_term())
    assert snapshot is not None
    touched = replaying.touched(snapshot, content_of(draft))
    assert (touched.entitled, touched.undecided, touched.fen) == (1, 1, 61_728)
    before = dict(thaw(snapshot))
    with duckdb.connect(":memory:") as engine, TemporaryDirectory() as folder:
        file = Path(folder) / "facts.parquet"
        file.write_bytes(before["facts.parquet"])
        engine.read_parquet(str(file)).project("* EXCLUDE (fee)").create("t")
        engine.execute(f"COPY t TO '{file}' (FORMAT parquet)")
        before["facts.parquet"] = file.read_bytes()
    monkeypatch.setattr(frozen, "thaw", lambda _snapshot: before)
    touched = replaying.touched(snapshot, content_of(draft))
    assert (touched.entitled, touched.undecided) == (0, 3)


def test_every_fact_that_a_policy_may_ask_has_a_register_that_tells_it() -> None:
    with facts_engine(cast.counties(), aid.FIRST, aid.LAST) as engine:
        told = {row[0] for row in engine.execute("DESCRIBE told_facts").fetchall()}
    assert {*KEYS, *STORED} == told


def test_they_are_decided_beside_the_pupils(decided: dict[str, Beneficiary]) -> None:
    assert answer_of(decided["poor"], "entering") == (0, 50_000)
    assert answer_of(decided["orphan"], "nursery") == (0, 50_000)
    assert answer_of(decided["orphan"], "entering") is None


def test_who_has_no_number_is_undecided_and_never_a_no(decided: dict[str, Beneficiary]) -> None:
    assert answer_of(decided["nameless"], "entering") == (-2, None)
    assert answer_of(decided["other"], "entering") == (-2, None)  # an orphan? nobody told


def test_lists_of_pupils_say_nothing_of_them(decided: dict[str, Beneficiary]) -> None:
    with facts_engine(cast.counties(), aid.FIRST, aid.LAST) as engine:
        rows = engine.execute(
            "SELECT subject, stage, school, county, boarder, registered_poor, orphan, degree,"
            " private_school, entered_on FROM facts"
        ).fetchall()
    found = {row[0]: row[1:] for row in rows}
    assert len(rows) == len(found) == len(decided)
    first = date(2025, 9, 1)
    university = ("higher", None, "990100", None)
    assert found[str(decided["other"].pk)] == (
        *university, False, None, "bachelor_key", None, first
    )  # fmt: skip
    assert found[str(decided["nameless"].pk)][4] is None
    assert found[str(decided["poor"].pk)][4] is True
    assert found[str(decided["orphan"].pk)][5:8] == (True, None, True)


def test_they_have_a_name_on_a_batch(decided: dict[str, Beneficiary]) -> None:
    key = str(decided["orphan"].pk)
    assert names_of([key, str(uuid4())]) == {key: "田小禾"}


def test_only_those_in_charge_see_any() -> None:
    one = somebody()
    for user, sees in (
        (cast.ma(), 1), (cast.wu(), 1), (cast.xu(), 0), (cast.tian(), 0), (cast.li(), 0),
    ):  # fmt: skip
        assert Beneficiary.objects.for_user(user).filter(pk=one.pk).count() == sees
    with pytest.raises(NotTheirPost):
        services.end(one, date(2026, 1, 1), by=cast.wu())
    with pytest.raises(NotSo, match="before it begins"):
        services.end(one, one.valid_from, by=cast.ma())
    services.end(one, date(2026, 1, 1), by=cast.ma())
    with pytest.raises(NotSo, match="already"):
        services.end(one, date(2026, 2, 1), by=cast.ma())
    with pytest.raises(NotSo, match="Write the institution"):
        somebody(institution="")


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "primary"},
        {"degree": "college"},
        {"sex": "3"},
        {"valid_to": aid.FIRST},
        {"born_on": aid.FIRST},
        {"name": None},
        {"path": "/"},
        {"fee_fen": -1},
        {"fee_fen": 10**9 + 1},
        {"valid_from": date(2020, 1, 1)},
    ],
)
def test_the_database_refuses_what_cannot_be(change: dict[str, Any]) -> None:
    one = somebody()
    with as_the_site(), pytest.raises(DatabaseError), transaction.atomic():
        Beneficiary.objects.filter(pk=one.pk).update(**change)


def test_nobody_is_there_twice_on_a_day_and_who_is_paid_stays() -> None:
    one = somebody(resident_id=NUMBER)
    with pytest.raises(NotSo, match="already"):
        at_university(resident_id=NUMBER)
    twin = Beneficiary.objects.get(pk=one.pk)
    twin.id, twin._state.adding = uuid4(), True
    with as_the_site(), pytest.raises(DatabaseError, match="once_a_day"), transaction.atomic():
        twin.save(force_insert=True)
    FormerPayment.objects.create(
        subject=str(one.pk), policy="nursery", for_day=aid.FIRST, fen=1, path=one.path,
        paper="F", row=1, by=cast.ma(),
    )  # fmt: skip
    with (
        as_the_site(),
        pytest.raises(DatabaseError, match="on a payment line"),
        transaction.atomic(),
    ):
        Beneficiary.objects.filter(pk=one.pk).delete()
