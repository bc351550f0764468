"""Each of the three levels does its own step of a review, within its own place."""

from __future__ import annotations

import pytest

from junheng.accounts.tests import cast
from junheng.aid.access import may_check, may_propose

pytestmark = pytest.mark.django_db


def test_the_village_proposes_and_its_township_checks() -> None:
    village = cast.village_committee().place.path
    assert may_propose(cast.tian(), village)
    assert may_check(cast.zhou(), village)
    assert not may_check(cast.tian(), village)
    assert not may_propose(cast.zhou(), village)
