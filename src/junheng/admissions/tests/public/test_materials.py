"""The list of papers: what may be asked, what the database refuses, what families read."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from junheng.accounts.models import User
from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import browser, signed_in
from junheng.admissions.models import Material, MaterialList, ProofMatter, Round, RoundDate
from junheng.admissions.services import materials, steps
from junheng.admissions.services.acts import OutOfTurn
from junheng.admissions.services.materials import AgainstTheRules, NoDraft, Wanted
from junheng.admissions.tests.rounds import builders
from junheng.commons.tests.test_photos import picture
from junheng.evidence.facade import Register
from junheng.evidence.tests.builders import tables
from tests.query_baselines import same_queries

pytestmark = pytest.mark.django_db
__all__ = ["signed_in"]
LAW = {"basis_document": "Education Law", "basis_number": "No. 52", "basis_clause": "Art. 12"}


def wanted(code: str = "house", **given: Any) -> Wanted:
    """A title deed that everybody brings."""
    matter = next(row for row in materials.matters() if row.code == code)
    defaults: dict[str, Any] = {
        "matter": matter.pk,
        "case": 0,
        "name": "Title deed",
        "duty": "bring",
        **LAW,
    }
    return Wanted(**defaults | given)


@pytest.fixture
def planned(li: User) -> Round:
    return builders.loaded(li)


def opened(the_round: Round, li: User, wu: User) -> Round:
    builders.named(the_round, li, after=timedelta(hours=1))
    builders.both(steps.OPEN, the_round, li, wu)
    return builders.fresh(the_round)


class TestRules:
    def test_no_paper_without_a_legal_basis(self, planned: Round, li: User) -> None:
        with pytest.raises(AgainstTheRules, match="Rule 1, no paper without a legal basis"):
            materials.put(planned, wanted(basis_clause=" "), by=li)
        assert not Material.objects.exists()

    def test_no_paper_that_a_connected_register_holds(self, planned: Round, li: User) -> None:
        with pytest.raises(AgainstTheRules, match="No register that is connected"):
            materials.put(planned, wanted(duty="fetched"), by=li)
        tables(Register.REAL_ESTATE)
        with pytest.raises(AgainstTheRules, match=r"Rule 2.*Real estate is connected"):
            materials.put(planned, wanted(), by=li)
        assert materials.put(planned, wanted(duty="fetched"), by=li).pk

    def test_the_register_of_another_county_counts_for_nothing_here(
        self, planned: Round, li: User
    ) -> None:
        tables(Register.REAL_ESTATE, path=cast.bureau(cast.NEXT_COUNTY).reach)
        assert materials.put(planned, wanted(), by=li).pk

    def test_one_thing_is_proved_once(self, planned: Round, li: User) -> None:
        first = materials.put(planned, wanted(), by=li)
        with pytest.raises(AgainstTheRules, match=r"Rule 3.*“Title deed” proves “House”"):
            materials.put(planned, wanted(name="Contract", case=2), by=li)
        materials.put(planned, wanted(case=2), by=li, pk=first.pk)
        materials.put(planned, wanted(name="Contract", case=3), by=li)
        assert [row.case for row in Material.objects.order_by("case")] == [2, 3]
        materials.remove(planned, first.pk)
        assert Material.objects.count() == 1

    def test_no_paper_needs_itself_by_way_of_others(self, planned: Round, li: User) -> None:
        with pytest.raises(AgainstTheRules, match=r"Rule 4.*“Roll” is issued only to children"):
            materials.put(planned, wanted(name="Roll", needs=("admission",)), by=li)
        materials.put(planned, wanted("residence", name="Permit", needs=("work",)), by=li)
        materials.put(planned, wanted("work", name="Contract", needs=("house",)), by=li)
        with pytest.raises(AgainstTheRules, match="“Deed” → “Permit” → “Contract” → “Deed”"):
            materials.put(planned, wanted(name="Deed", needs=("residence",)), by=li)
        tables(Register.SOCIAL_INSURANCE)
        fetched = wanted("work", name="Contract", duty="fetched", needs=("house",))
        contract = Material.objects.get(name="Contract")
        materials.put(planned, fetched, by=li, pk=contract.pk)
        assert materials.put(planned, wanted(name="Deed", needs=("residence",)), by=li).pk


def test_the_usual_papers_are_a_list_to_begin_with(planned: Round, li: User) -> None:
    tables(Register.HOUSEHOLD)
    assert materials.begin_with_usual(planned, by=li) == 7
    duties = dict(Material.objects.values_list("matter__code", "duty"))
    assert (duties["household"], duties["house"]) == ("fetched", "bring")
    with pytest.raises(NoDraft, match="already"):
        materials.begin_with_usual(planned, by=li)
    materials.require_rules(planned)
    pictures = {row.name: row.sample for row in Material.objects.all()}
    assert all(len(sample) == 64 for sample in pictures.values())
    assert len(set(pictures.values())) == len(pictures)


def test_a_sample_is_marked_all_over_and_names_nobody() -> None:
    from junheng.admissions.services import sample_drawings

    plain = Image.new("RGB", sample_drawings.SIZE, sample_drawings.PAPER)
    made = Image.open(io.BytesIO(sample_drawings.drawn("house", "不动产权证书")))
    assert made.size == sample_drawings.SIZE
    width, height = made.size
    for left in range(0, width, width // 4):
        for top in range(0, height - 10, height // 4):
            part = (left, top, left + width // 4, top + height // 4)
            assert made.crop(part).tobytes() != plain.crop(part).tobytes()
    assert sample_drawings.INVENTED.startswith("99")


def test_without_fonts_the_list_has_no_pictures(
    planned: Round, li: User, settings: Settings
) -> None:
    settings.NODE_MODULES = "/nowhere"
    assert materials.begin_with_usual(planned, by=li) == 7
    assert set(Material.objects.values_list("sample", flat=True)) == {""}


class TestTheDatabase:
    """The same rules for whoever speaks to it without the service."""

    @pytest.fixture
    def row(self, planned: Round, li: User) -> Material:
        return materials.put(planned, wanted(needs=("work",)), by=li)

    @pytest.mark.parametrize(
        ("different", "name"),
        [
            ({"basis_number": " "}, "material_has_a_basis"),
            ({"name": ""}, "material_is_named"),
            ({"case": 50}, "material_case"),
            ({"duty": "perhaps"}, "material_duty"),
            ({"duty": "fetched"}, "none that could be asked"),
            ({"needs": {"work": 1}}, "material_needs_a_list"),
            ({"needs": ["admission"]}, "only after admission"),
            ({"needs": ["work"]}, "a paper that needs it"),
            ({"needs": ["household", "house"]}, "a paper that needs it"),
            ({"case": 2}, "material_proves_once"),
        ],
    )
    def test_a_needless_paper_is_refused(
        self, row: Material, different: dict[str, Any], name: str
    ) -> None:
        row.pk = None
        other = ProofMatter.objects.get(code="work")
        if name != "material_proves_once":
            row.matter, row.needs = other, []
        for field, value in different.items():
            setattr(row, field, value)
        with pytest.raises(DatabaseError, match=name), transaction.atomic():
            row.save()

    def test_a_list_is_not_fixed_while_a_register_holds_what_it_asks(self, row: Material) -> None:
        row.list.connected, row.list.fixed_at = ["real_estate"], timezone.now()
        with pytest.raises(DatabaseError, match="a connected register"), transaction.atomic():
            row.list.save()

    def test_a_round_is_not_opened_beside_its_draft(self, row: Material, li: User) -> None:
        builders.named(row.list.round, li, after=timedelta(hours=1))
        with pytest.raises(DatabaseError, match="its list of papers"), transaction.atomic():
            Round.objects.filter(pk=row.list.round_id).update(state="open")

    def test_versions_follow_each_other(self, row: Material) -> None:
        for version, why in ((1, "x"), (2, ""), (3, "x")):
            with pytest.raises(DatabaseError), transaction.atomic():
                MaterialList.objects.create(round=row.list.round, version=version, reason=why)

    def test_what_was_published_stays(self, row: Material, li: User, wu: User) -> None:
        opened(row.list.round, li, wu)
        fixed = MaterialList.objects.get()
        assert fixed.fixed_at is not None
        for change in (
            lambda: Material.objects.update(name="Other"),
            lambda: Material.objects.all().delete(),
            lambda: MaterialList.objects.update(reason="other"),
            lambda: MaterialList.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestVersions:
    def test_a_published_list_changes_by_a_new_version_with_its_reason(
        self, planned: Round, li: User, wu: User
    ) -> None:
        with pytest.raises(OutOfTurn):
            materials.begin_version(planned, "why", by=li)
        first = materials.put(planned, wanted(), by=li)
        with pytest.raises(OutOfTurn, match="when the round is opened"):
            materials.publish_version(planned, by=li)
        the_round = opened(planned, li, wu)
        with pytest.raises(NoDraft, match="published"):
            materials.put(the_round, wanted("work"), by=li)
        with pytest.raises(NoDraft, match="reason"):
            materials.begin_version(the_round, "  ", by=li)
        tables(Register.REAL_ESTATE)
        draft = materials.begin_version(the_round, "The land office is connected.", by=li)
        with pytest.raises(AgainstTheRules, match="Rule 2"):
            materials.publish_version(the_round, by=li)
        copied = draft.materials.get()
        assert (copied.name, copied.pk != first.pk) == ("Title deed", True)
        materials.put(the_round, wanted(duty="fetched"), by=li, pk=copied.pk)
        assert materials.publish_version(the_round, by=li).version == 2

    def test_what_got_connected_since_stops_the_opening(
        self, planned: Round, li: User, wu: User
    ) -> None:
        materials.put(planned, wanted(), by=li)
        tables(Register.REAL_ESTATE)
        with pytest.raises(AgainstTheRules, match="Rule 2"):
            opened(planned, li, wu)


def during(the_round: Round) -> None:
    """Applications are taken now; the calendar was announced so."""
    day = timedelta(days=1)
    now = timezone.now()
    dates = RoundDate.objects.filter(round=the_round, what="applications")
    dates.update(begins_at=now - day, ends_at=now + timedelta(minutes=30))
    RoundDate.objects.filter(round=the_round, what="freeze").update(
        begins_at=now + timedelta(minutes=40), ends_at=now + timedelta(minutes=40)
    )


class TestPages:
    def test_from_the_officer_to_the_family(self, planned: Round, li: User, wu: User) -> None:
        officer = browser()
        officer.force_login(li)
        at = f"/rounds/{planned.pk}/materials/"
        form = {k: getattr(wanted(), k) for k in Wanted.__slots__ if k != "sample"} | {
            "needs": ["household"]
        }
        refused = officer.post(f"{at}add/", {**form, "basis_clause": ""})
        assert (refused.status_code, b"Rule 1" in refused.content) == (422, True)
        sample = SimpleUploadedFile("x.png", picture())
        assert officer.post(f"{at}add/", {**form, "picture": sample}).status_code == 302
        row = Material.objects.get()
        assert officer.post(f"{at}add/", {**form, "picture": SimpleUploadedFile("x", b"<svg>")})
        changed = officer.post(f"{at}{row.pk}/", {**form, "name": "Deed"})
        assert changed.status_code == 302
        row.refresh_from_db()
        assert (row.name, len(row.sample), row.needs) == ("Deed", 64, ["household"])
        assert b"To get it one needs: Household registration" in officer.get(at).content
        contact = {"hotline": "0000-1", "supervision": "0000-2", "counters": "Hall 3"}
        assert officer.post(f"/rounds/{planned.pk}/contact/", contact).status_code == 302
        picture_at = f"/r/samples/{row.sample}.jpg"
        assert browser().get(picture_at).status_code == 404
        builders.named(planned, li, after=timedelta(hours=1))
        during(planned)
        builders.both(steps.OPEN, planned, li, wu)

        family = browser()
        page = family.get(f"/r/{cast.COUNTY}/2026-g1/").content.decode()
        for said in ("Deed", "Education Law No. 52 Art. 12", "0000-1", "0000-2", "Hall 3"):
            assert said in page
        assert "whoever comes first has no advantage" in page
        assert f"/apply/{cast.COUNTY}/2026-g1/" in page
        shown = family.get(picture_at)
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")  # type: ignore[attr-defined]
        with same_queries("admissions", "public round, kept"):
            family.get(f"/r/{cast.COUNTY}/2026-g1/")

        assert officer.post(f"{at}version/", {"reason": "A new law"}).status_code == 302
        draft = Material.objects.get(list__version=2)
        assert officer.post(f"{at}{draft.pk}/remove/").status_code == 302
        assert officer.post(f"{at}publish/").status_code == 302
        from junheng.commons.web.kept import forget

        forget()
        page = family.get(f"/r/{cast.COUNTY}/2026-g1/").content.decode()
        assert ("A new law" in page, "No paper is asked for" in page) == (True, True)
        officer.get(at)
        with same_queries("admissions", "materials"):
            assert b"Earlier versions" in officer.get(at).content

    def test_nobody_applies_before_and_after(self, planned: Round, li: User, wu: User) -> None:
        the_round = opened(planned, li, wu)
        page = Client().get(f"/r/{cast.COUNTY}/{the_round.ref}/").content.decode()
        assert "/apply/" not in page
