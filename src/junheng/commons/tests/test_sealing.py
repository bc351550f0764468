from __future__ import annotations

import uuid
from base64 import b32encode
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps
from pytest_django import Settings

from junheng.commons import sealing
from junheng.commons.sealing import (
    SealBroken,
    Sealed,
    SealedTextField,
    blind_index,
    index_key,
    seal,
    steady_keys,
    unseal,
)

NUMBER = "990100201501010017"
FULL_WIDTH = "".join(chr(ord(character) + 0xFEE0) for character in "99010020150101001X")
FIRST_KEY, SECOND_KEY = "01" * 16, "02" * 16


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.KEYS = {"sealing": {"1": FIRST_KEY}, "blind_index": "03" * 32}


@pytest.fixture
def child(db: None) -> Iterator[Any]:
    """A table of its own with a sealed field."""
    with isolate_apps():

        class Child(models.Model):
            ref = models.UUIDField(default=uuid.uuid4, unique=True)
            number = SealedTextField(bound_to="ref", null=True)
            number_index = models.CharField(max_length=32)

            class Meta:
                app_label = "commons"

        with connection.schema_editor() as editor:
            editor.create_model(Child)
        yield Child


def stored(child: Any) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM commons_child WHERE id = %s", [child.pk])
        row = cursor.fetchone()
    assert row is not None
    return bytes(row[0])


# ------------------------------------------------------------------------- sealing itself


def test_what_is_sealed_opens() -> None:
    sealed = seal(NUMBER, "child.number:1")
    assert NUMBER.encode() not in bytes(sealed)
    assert unseal(sealed, "child.number:1") == NUMBER
    assert len(sealed) == 1 + 12 + 16 + 18


def test_the_same_text_is_never_sealed_alike() -> None:
    assert seal(NUMBER, "row") != seal(NUMBER, "row")


@pytest.mark.parametrize("place", range(1, 47))
def test_a_changed_bit_is_noticed(place: int) -> None:
    sealed = bytearray(seal(NUMBER, "row"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), "row")


def test_it_does_not_open_in_another_row() -> None:
    with pytest.raises(SealBroken):
        unseal(seal(NUMBER, "child.number:1"), "child.number:2")


def test_old_values_open_after_the_key_changed(settings: Settings) -> None:
    old = seal(NUMBER, "row")
    settings.KEYS = settings.KEYS | {"sealing": {"1": FIRST_KEY, "2": SECOND_KEY}}
    assert unseal(old, "row") == NUMBER
    assert (old[0], seal(NUMBER, "row")[0]) == (1, 2)


def test_a_lost_key_is_told(settings: Settings) -> None:
    old = seal(NUMBER, "row")
    settings.KEYS = settings.KEYS | {"sealing": {"2": SECOND_KEY}}
    with pytest.raises(SealBroken) as broken:
        unseal(old, "row")
    assert "version 1" in str(broken.value.__cause__)


# ----------------------------------------------------------------------------- blind index


@pytest.mark.parametrize("same", [" 99010020150101001x", FULL_WIDTH, "990100 20150101-001X"])
def test_spelling_makes_no_difference_to_the_index(same: str) -> None:
    assert blind_index(same) == blind_index("99010020150101001X")


def test_an_index_is_base_32_of_its_fingerprint_and_the_same_under_steady_keys() -> None:
    texts = [f"99010020150101{n:03}" for n in range(50)]
    plain = [blind_index(text, "x") for text in texts]
    wanted = [b32encode(sealing._fingerprint(text, "x")[:20]).decode() for text in texts]
    assert plain == wanted
    with steady_keys():
        assert [blind_index(text, "x") for text in texts * 2] == plain * 2
        assert blind_index(texts[0], "y") != plain[0]


def test_steady_keys_stay_until_the_outermost_block_ends(settings: Settings) -> None:
    first = blind_index(NUMBER)
    with steady_keys():
        with steady_keys():
            settings.KEYS = settings.KEYS | {"blind_index": "04" * 32}
            assert blind_index(NUMBER) == first
        assert blind_index(NUMBER) == first
        with index_key("05" * 32):
            assert blind_index(NUMBER) != first
    assert blind_index(NUMBER) != first


def test_the_index_tells_numbers_purposes_and_keys_apart(settings: Settings) -> None:
    indexes = {blind_index(NUMBER), blind_index("990100201501010025"), blind_index(NUMBER, "phone")}
    settings.KEYS = settings.KEYS | {"blind_index": "04" * 32}
    indexes.add(blind_index(NUMBER))
    assert len(indexes) == 4


# -------------------------------------------------------------------------------- the field


def test_a_saved_number_is_sealed_in_the_table_and_plain_in_the_program(child: Any) -> None:
    saved = child.objects.create(number=NUMBER)
    read = child.objects.get(pk=saved.pk)
    assert NUMBER.encode() not in stored(saved)
    assert (saved.number, read.number) == (NUMBER, NUMBER)


def test_bulk_create_seals(child: Any) -> None:
    child.objects.bulk_create([child(number=NUMBER), child(number=None)])
    assert [each.number for each in child.objects.order_by("pk")] == [NUMBER, None]


def test_ciphertext_moved_to_another_row_is_refused(child: Any) -> None:
    mine, other = child.objects.create(number=NUMBER), child.objects.create(number="other")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commons_child SET number = (SELECT number FROM commons_child WHERE id = %s)"
            " WHERE id = %s",
            [mine.pk, other.pk],
        )
    with pytest.raises(SealBroken):
        _ = child.objects.get(pk=other.pk).number


def test_saving_again_leaves_an_untouched_seal(child: Any) -> None:
    saved = child.objects.create(number=NUMBER)
    before = stored(saved)
    child.objects.get(pk=saved.pk).save()
    assert stored(saved) == before


def test_a_value_without_its_row_opens_by_the_key_of_the_row(child: Any) -> None:
    field = child._meta.get_field("number")
    row = child.objects.create(number=NUMBER)
    [(ref, value)] = child.objects.values_list("ref", "number")
    assert field.opened(ref, value) == NUMBER
    assert field.opened(ref, None) == ""
    with pytest.raises(SealBroken):
        field.opened(uuid.uuid4(), value)
    assert row.number == NUMBER


def test_a_changed_number_is_sealed_anew(child: Any) -> None:
    saved = child.objects.create(number=NUMBER)
    again = child.objects.get(pk=saved.pk)
    again.number = "changed"
    again.save()
    assert child.objects.get(pk=saved.pk).number == "changed"


def test_a_list_opens_nothing(child: Any, settings: Settings) -> None:
    child.objects.create(number=NUMBER)
    settings.KEYS = settings.KEYS | {"sealing": {}}
    assert len(list(child.objects.all())) == 1


def test_a_deferred_number_is_fetched_and_opened(child: Any) -> None:
    child.objects.create(number=NUMBER)
    assert child.objects.defer("number").get().number == NUMBER


@pytest.mark.parametrize(
    "past_the_seal",
    [
        pytest.param(lambda rows: rows.update(number="x"), id="update"),
        pytest.param(lambda rows: rows.filter(number="x").exists(), id="filter"),
        pytest.param(lambda rows: rows.bulk_update(list(rows), ["number"]), id="bulk_update"),
    ],
)
def test_ways_that_do_not_know_the_row_are_refused(past_the_seal: Any, child: Any) -> None:
    child.objects.create(number=NUMBER)
    with pytest.raises(TypeError, match="is sealed"):
        past_the_seal(child.objects.all())


def test_a_row_without_its_binding_is_refused(child: Any) -> None:
    with pytest.raises(ValueError, match="ref must be set"):
        child.objects.create(number=NUMBER, ref=None)


def test_history_rows_open_what_they_are_the_history_of(child: Any) -> None:
    with isolate_apps():

        class ChildEvent(models.Model):
            pgh_tracked_model = child
            ref = models.UUIDField()
            number = SealedTextField(bound_to="ref")

            class Meta:
                app_label = "commons"

    saved = child.objects.create(number=NUMBER)
    event = ChildEvent(ref=saved.ref, number=Sealed(stored(saved)))
    assert event.number == NUMBER


def test_a_field_bound_to_nothing_fails_the_check() -> None:
    with isolate_apps():

        class Loose(models.Model):
            number = SealedTextField(bound_to="nothing")

            class Meta:
                app_label = "commons"

        (error,) = Loose._meta.get_field("number").check()
    assert error.id == "commons.E001"
