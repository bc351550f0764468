"""The demo's payments show what they are there for."""

from __future__ import annotations

import pytest
from django.test import Client

from junheng.accounts.tests import cast
from junheng.accounts.tests.conftest import client, english
from junheng.aid.demo.load import start_demonstration
from junheng.aid.demo.payments import THIS_DAY, Payers, load_payments
from junheng.aid.models import Difference, FormerPayment, PublicNotice
from junheng.aid.selectors.batches import standing_of
from junheng.aid.services import auditing
from junheng.aid.tests import builders
from junheng.aid.tests import payment_builders as build
from junheng.aid.tests.builders import a_term
from junheng.registry.tests.builders import a_class, a_pupil

__all__ = ["client", "english"]


@pytest.mark.django_db
def test_a_batch_came_back_in_part_and_faults_are_there_to_be_found(client: Client) -> None:
    """A school of the batch, and one that a former system paid."""
    here = a_class(cast.school("school-0"), size=0)
    for _each in range(12):
        a_pupil(here)
    build.pupils(8)
    crew = Payers(cast.ma(), cast.wu(), cast.xu())
    batch = load_payments(a_term(), crew=crew)
    assert batch is not None
    assert load_payments(a_term(), crew=crew) is None
    stands = standing_of(batch)
    assert (batch.state, stands.count, stands.returned) == ("partly_returned", 12, 2)
    assert stands.balances
    assert PublicNotice.objects.get().heads == 10
    rows = FormerPayment.objects.filter(for_day=THIS_DAY, policy="running_funds")
    by_subject = list(rows.values_list("subject", "fen"))
    assert len(by_subject) - len({subject for subject, _fen in by_subject}) == 2
    assert sum(fen == 30_000 for _subject, fen in by_subject) >= 1
    page = client.get("/aid/funds/").content.decode()
    assert "to 84 students" in page
    assert "330,000.00" in page


@pytest.mark.django_db
def test_every_kind_of_planted_fault_is_found_in_a_county_of_two_small_schools() -> None:
    for code in ("school-0", "school-1"):
        seats = a_class(cast.school(code), size=0)
        for _each in range(10):
            a_pupil(seats)
    term = start_demonstration(cast.counties(), officer=cast.ma(), leader=cast.wu())
    load_payments(term, crew=Payers(cast.ma(), cast.wu(), cast.xu()))
    builders.decided(term)
    auditing.compare(term)
    found = set(Difference.objects.filter(term=term).values_list("kind", flat=True))
    assert found >= {"unpaid", "twice", "wrong_amount", "not_entitled"}
