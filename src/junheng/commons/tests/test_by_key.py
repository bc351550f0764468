"""One row by its key: the same row that a queryset finds, with the same values."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from junheng.commons.by_key import ByKey
from junheng.commons.models import Job

pytestmark = pytest.mark.django_db


def values_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_the_row_is_the_one_that_a_queryset_finds(li: Any) -> None:
    job = Job.objects.create(kind="test.echo", args={"words": ["a", 1]}, requested_by=li)
    found = ByKey(Job, "id", "requested_by_id")(job.pk, li.pk)
    assert found is not None
    assert values_of(found) == values_of(Job.objects.get(pk=job.pk))
    assert found.requested_by == li


def test_it_is_asked_in_one_query_and_can_be_saved(li: Any, django_assert_num_queries: Any) -> None:
    account = ByKey(get_user_model(), "id")
    with django_assert_num_queries(1):
        found = account(li.pk)
    assert found is not None
    found.name = "Li the second"
    found.save()
    assert get_user_model().objects.get(pk=li.pk).name == "Li the second"


def test_where_one_key_does_not_fit_there_is_no_row(li: Any) -> None:
    job = Job.objects.create(kind="test.echo", requested_by=li)
    assert ByKey(Job, "id", "requested_by_id")(job.pk, li.pk + 1) is None
