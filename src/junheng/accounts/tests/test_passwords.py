"""Password rules where no form stands before them."""

from __future__ import annotations

import secrets

import pytest
from django.contrib.auth.password_validation import (
    password_changed,
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from junheng.accounts.models import FormerPassword, User
from junheng.accounts.services.passwords import ALPHABET, one_time_password
from junheng.accounts.tests import cast
from junheng.accounts.web.adapters import AccountAdapter

pytestmark = pytest.mark.django_db


def test_a_password_is_judged_before_there_is_an_account() -> None:
    validate_password("Broad-river-81")
    validate_password("Broad-river-81", User(username="new"))
    password_changed("Broad-river-81")
    assert not FormerPassword.objects.exists()
    with pytest.raises(ValidationError, match="at least three of"):
        validate_password("broadriver-")


def test_a_password_that_was_given_out_is_not_taken_as_one_s_own() -> None:
    user = User(username="new", kind="family")
    user.set_password("Broad-river-81")
    user.save()
    with pytest.raises(ValidationError, match="last 5"):
        validate_password("Broad-river-81", user)


def test_the_rules_are_told() -> None:
    told = " ".join(password_validators_help_texts())
    assert "three of" in told
    assert "last 5" in told


def test_a_one_time_password_has_all_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("aaaaaaaaaaaa" + "aB3aaaaaaaaa")
    monkeypatch.setattr(secrets, "choice", lambda _signs: next(drawn))
    assert one_time_password() == "aB3aaaaaaaaa"


def test_a_one_time_password_is_never_mistaken_when_read_out() -> None:
    assert not set("lI1O0o") & set("".join(ALPHABET))
    assert len({one_time_password() for _ in range(50)}) == 50
    validate_password(one_time_password(), cast.zhao())


def test_nobody_signs_up_even_where_the_page_for_it_is_opened_by_mistake() -> None:
    assert not AccountAdapter().is_open_for_signup(None)  # type: ignore[arg-type]  # needs no request
