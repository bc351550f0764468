"""Pupils are found from the beginning of the name, within one's scope, and shown in masks."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import SignedIn
from junheng.commons.sealing import index_key
from junheng.registry.models import Guardian, Pupil, PupilSearchKey, PupilTag
from junheng.registry.selectors import search
from junheng.registry.selectors.search import find_pupils
from junheng.registry.services.keys import (
    household_key,
    make_search_keys_again,
    national_number_key,
    resident_id_key,
)
from junheng.registry.tests.builders import a_class, a_pupil, facts, standing
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
NAME, OTHER = "\u66fe\u4e00\u8bfa", "\u66fe\u4e00\u5b89"
NUMBER, OLD = "990100202002290022", "990100900229002"


@pytest.fixture(autouse=True)
def schools() -> None:
    facts()
    facts(cast.school("school-9", at=cast.NEXT_COUNTY))


@pytest.fixture
def pupil() -> Pupil:
    school_class = a_class()
    return a_pupil(
        school_class,
        name=NAME,
        number="PU-2025-2222-2222A",
        resident_id=NUMBER,
        resident_id_key=resident_id_key(NUMBER),
        national_number=f"G{NUMBER}",
        national_number_key=national_number_key(f"G{NUMBER}"),
        household_number="h1",
        household_key=household_key("h1"),
    )


@pytest.mark.parametrize(
    "query",
    [NAME[:1], NAME[:2], NAME, "z", "zyn", "ZYN", NUMBER, f"g{NUMBER}", "PU-2025-2222-2222A"],
)
def test_a_pupil_is_found_within_the_scope_and_by_no_stranger(pupil: Pupil, query: str) -> None:
    for user in (cast.li(), cast.wang(), cast.zhou()):
        assert find_pupils(user, query).pupils == (pupil.pk,)
    assert find_pupils(cast.qian(), query).pupils == ()
    assert find_pupils(cast.feng(), query).pupils == ()


@pytest.mark.parametrize("query", [NAME[1:], "yn", NUMBER[:17], NUMBER[4:], "%", "", " ", "'; --"])
def test_nothing_is_found_by_parts_from_the_middle(pupil: Pupil, query: str) -> None:
    assert find_pupils(cast.li(), query).pupils == ()


def test_an_old_number_finds_the_new_one() -> None:
    person = a_pupil(resident_id="x", resident_id_key=resident_id_key(search._whole_id(OLD)))
    assert find_pupils(cast.li(), OLD).pupils == (person.pk,)


def test_long_names_are_compared_to_their_end() -> None:
    long = "\u963f\u4f9d\u53e4\u4e3d\u00b7\u4e70\u4e70\u63d0"
    person = a_pupil(name=long)
    assert find_pupils(cast.li(), long[:6]).pupils == (person.pk,)
    assert find_pupils(cast.li(), f"{long[:5]}\u66fe").pupils == ()


def test_more_than_is_listed_is_said(pupil: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    a_pupil(name=OTHER)
    found = find_pupils(cast.li(), NAME[:2])
    assert (len(found.pupils), found.more) == (1, True)


def test_keys_go_with_the_name_and_move_with_the_pupil(pupil: Pupil) -> None:
    keys = PupilSearchKey.objects.filter(pupil=pupil)
    assert keys.count() == 6
    pupil.name = OTHER
    pupil.save()
    assert find_pupils(cast.li(), NAME).pupils == ()
    assert find_pupils(cast.li(), OTHER).pupils == (pupil.pk,)
    far = cast.school("school-9", at=cast.NEXT_COUNTY)
    pupil.standings.update(valid_to=date(2025, 10, 1))
    standing(pupil, organisation=far, movement="transferred", valid_from=date(2025, 10, 1))
    assert find_pupils(cast.qian(), OTHER).pupils == (pupil.pk,)
    assert find_pupils(cast.li(), OTHER).pupils == ()
    Pupil.objects.filter(pk=pupil.pk).update(name=b"sealed otherwise")
    assert not keys.exists()


def test_the_database_keeps_keys_at_the_school_of_their_pupil(pupil: Pupil) -> None:
    key = PupilSearchKey.objects.filter(pupil=pupil)[0]
    strange = cast.school("school-9", at=cast.NEXT_COUNTY)
    with pytest.raises(IntegrityError, match="at its school"), transaction.atomic():
        PupilSearchKey.objects.bulk_create(
            [PupilSearchKey(pupil=pupil, part=4, organisation=strange, token=key.token)]
        )


def test_a_new_key_of_indexes_makes_new_tokens(pupil: Pupil) -> None:
    before = set(PupilSearchKey.objects.values_list("token", flat=True))
    with index_key("11" * 32):
        assert make_search_keys_again() == 6
        assert find_pupils(cast.li(), "zyn").pupils == (pupil.pk,)
    assert not before & set(PupilSearchKey.objects.values_list("token", flat=True))


def page(signed_in: SignedIn, user: Any, address: str) -> str:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_shows_masks_and_narrows(pupil: Pupil, signed_in: SignedIn) -> None:
    PupilTag.objects.create(pupil=pupil, tag="boarder", valid_from=date(2025, 9, 1))
    gone = a_pupil(name="\u674e\u56db")
    gone.standings.update(valid_to=date(2026, 1, 1))
    standing(gone, state="left", movement="left", valid_from=date(2026, 1, 1))
    listed = page(signed_in, cast.li(), "/registry/pupils/")
    assert pupil.number in listed
    assert gone.number not in listed
    assert NAME not in listed
    for query, there in (
        ("q=zy", True),
        ("q=x", False),
        ("grade=3&number=1&school=school-1", True),
        ("grade=4", False),
        ("tag=boarder", True),
        ("tag=orphan", False),
        ("state=all", True),
        ("state=suspended", False),
    ):
        found = pupil.number in page(signed_in, cast.li(), f"/registry/pupils/?{query}")
        assert found is there, query
    assert gone.number in page(signed_in, cast.li(), "/registry/pupils/?state=left")


def test_schools_are_chosen_from_those_that_somebody_sees(
    pupil: Pupil, signed_in: SignedIn
) -> None:
    facts(cast.school("school-2"))
    for user, offered in ((cast.li(), {"school-1", "school-2"}), (cast.wang(), {"school-1"})):
        client = signed_in(user)
        page = client.get("/registry/pupils/").content.decode()
        chosen = re.findall(r'<option value="(school-[^"]+)"', page)
        assert set(chosen) == offered
    assert pupil.number in client.get("/registry/pupils/?school=school-1").content.decode()
    for code in ("school-2", "school-9"):
        assert pupil.number not in client.get(f"/registry/pupils/?school={code}").content.decode()


def test_a_search_with_too_many_says_so(
    pupil: Pupil, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST", 1)
    a_pupil(name=OTHER)
    assert "Write more of the name" in page(signed_in, cast.li(), f"/registry/pupils/?q={NAME[:1]}")


def test_the_record_shows_a_school_life_in_masks(pupil: Pupil, signed_in: SignedIn) -> None:
    Guardian.objects.create(
        pupil=pupil,
        name="\u8d75\u5b89",
        relation="52",
        phone="13800000001",
        valid_from=date(2025, 9, 1),
    )
    sister = a_pupil(name=OTHER, household_number="h1", household_key=household_key("h1"))
    address = f"/registry/pupils/{pupil.number}/"
    own = signed_in(cast.wang())
    own.get(address)
    with same_queries("registry", "pupil, head"):
        shown = own.get(address).content.decode()
    for word in ("Mother", "138****0001", sister.number, "9901**********0022", "Entered"):
        assert word in shown
    for word in (NAME, OTHER, NUMBER, "13800000001", "\u8d75\u5b89"):
        assert word not in shown
    assert signed_in(cast.qian()).get(address).status_code == 404


def test_a_day_before_the_record_began_is_empty(pupil: Pupil, signed_in: SignedIn) -> None:
    address = f"/registry/pupils/{pupil.number}/?on="
    assert "says nothing of this day" in page(signed_in, cast.li(), f"{address}2020-01-01")
    assert "says nothing" not in page(signed_in, cast.li(), f"{address}2025-10-01")
    assert "says nothing" not in page(signed_in, cast.li(), f"{address}yesterday")


def test_the_list_asks_as_often_as_written_down(pupil: Pupil, signed_in: SignedIn) -> None:
    own = signed_in(cast.li())
    own.get("/registry/pupils/")
    with same_queries("registry", "pupils, officer"):
        own.get("/registry/pupils/")
    with same_queries("registry", "pupils found, officer"):
        own.get("/registry/pupils/?q=zyn")


@pytest.mark.parametrize(("who", "answer"), [("wang", 200), ("wu", 404), ("qian", 404)])
def test_full_values_are_for_those_who_keep_the_records(
    pupil: Pupil, signed_in: SignedIn, who: str, answer: int
) -> None:
    own = signed_in(getattr(cast, who)())
    guardian = Guardian.objects.create(
        pupil=pupil, name="\u8d75\u5b89", relation="52", valid_from=date(2025, 9, 1)
    )
    for address in (
        f"/accounts/reveal/pupil/{pupil.number}/name/",
        f"/accounts/reveal/pupil_guardian/{guardian.pk}/phone/",
        f"/accounts/reveal/pupil_guardian/{guardian.pk}/resident_id/",
    ):
        assert own.get(address).status_code == answer
    assert own.get("/accounts/reveal/pupil_guardian/nobody/phone/").status_code == 404


def test_the_record_says_since_when_a_guardian_answers(pupil: Pupil, signed_in: SignedIn) -> None:
    Guardian.objects.create(pupil=pupil, name="x", relation="52", valid_from=date(2025, 10, 7))
    page = signed_in(cast.wang()).get(f"/registry/pupils/{pupil.number}/").content.decode()
    assert "2025-10-07" in page
