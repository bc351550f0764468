"""What other departments' registers say of the invented families, as tables they would deliver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from junheng.registry.demo.chance import stream
from junheng.registry.demo.homes import home_words
from junheng.registry.demo.households import Told

AS_OF = date(2026, 6, 30)
Row = dict[str, Any]


def register_rows(told: Iterable[Told], seed: str) -> Mapping[str, list[Row]]:
    """Rows by register, with the columns that the room of evidence asks for.

    Args:
        told: The families.
        seed: The county's seed.
    """
    families = list(told)
    makers: Mapping[str, Callable[[Told, str], Iterator[Row]]] = {
        "household": _household,
        "real_estate": _real_estate,
        "residence_permit": _permits,
        "social_insurance": _insurance,
        "business_licence": _licences,
    }
    return {
        register: [row for family in families for row in make(family, seed)]
        for register, make in makers.items()
    }


def _household(told: Told, seed: str) -> Iterator[Row]:
    """Head and child; a family from elsewhere is registered elsewhere."""
    if "household" not in told.claims or told.expected == "household_missing":
        return
    words = home_words()
    elsewhere = told.expected == "household_elsewhere"
    shared = {
        "household_number": told.household,
        "registered_on": _day(seed, told, "registered"),
        "address": words.county if elsewhere else told.address,
        "place_code": _next_village(told.village) if elsewhere else told.village,
    }
    misspelt = told.expected == "name_misspelt"
    yield {
        "resident_id": "" if misspelt else told.child_number,
        "name": words.misspelt(told.child_name) if misspelt else told.child_name,
        "born_on": told.born_on,
        "relation": words.child,
        **shared,
    }
    yield {
        "resident_id": told.guardian_number,
        "name": told.guardian_name,
        "born_on": None,
        "relation": words.head if told.relation == "father" else words.spouse,
        **shared,
    }
    if told.expected == "number_shared":
        other = told.child_name[0] + told.child_name[:0:-1] + told.guardian_name[-1]
        yield {
            "resident_id": told.child_number,
            "name": other,
            "born_on": None,
            "relation": words.child,
            **shared,
        }


def _real_estate(told: Told, seed: str) -> Iterator[Row]:
    if not told.certificate or told.expected == "house_missing":
        return
    words = home_words()
    certificate = told.certificate
    if told.expected == "house_other":
        certificate = words.certificate.format(
            year=2006, number=9_000_000 + int(told.household[1:])
        )
    old = stream(seed, f"old number {told.household}").random() < 0.02
    yield {
        "resident_id": _as_old(told.guardian_number) if old else told.guardian_number,
        "name": told.guardian_name,
        "certificate": certificate,
        "house": f"{told.village}GB{told.household[1:]}F0001",
        "share": words.share,
        "use": words.house_use,
        "registered_on": _day(seed, told, "house"),
        "address": told.address,
        "place_code": told.village,
    }


def _permits(told: Told, seed: str) -> Iterator[Row]:
    if told.permit:
        yield {
            "resident_id": told.guardian_number,
            "name": told.guardian_name,
            "born_on": None,
            "permit": told.permit,
            "valid_from": _day(seed, told, "permit"),
            "valid_to": date(2028, 8, 31),
            "address": told.address,
            "place_code": told.village,
        }


def _insurance(told: Told, seed: str) -> Iterator[Row]:
    if "work" in told.claims and not _trades(told, seed):
        words = home_words()
        yield {
            "resident_id": told.guardian_number,
            "name": told.guardian_name,
            "employer": stream(seed, f"job {told.household}").choice(words.employers),
            "paid_from": _day(seed, told, "insurance"),
            "paid_until": AS_OF,
            "months": 24,
        }


def _licences(told: Told, seed: str) -> Iterator[Row]:
    if "work" in told.claims and _trades(told, seed):
        words = home_words()
        yield {
            "resident_id": told.guardian_number,
            "name": told.guardian_name,
            "licence": f"92990100MA{told.household[1:]}",
            "business": stream(seed, f"shop {told.household}").choice(words.businesses),
            "opened_on": _day(seed, told, "licence"),
            "standing": words.standing,
            "address": told.address,
            "place_code": told.village,
        }


def _trades(told: Told, seed: str) -> bool:
    return stream(seed, f"trade {told.household}").random() < 0.3


def _day(seed: str, told: Told, what: str) -> date:
    chance = stream(seed, f"{what} {told.household}")
    return date(chance.randint(2012, 2023), chance.randint(1, 12), chance.randint(1, 28))


def _as_old(number: str) -> str:
    """The 15 characters that a number of somebody born before 2000 had."""
    return number[:6] + number[8:17] if number[6:8] == "19" else number


def _next_village(code: str) -> str:
    """Another village of the same township, by its code alone."""
    return f"{code[:-3]}{(int(code[-3:]) + 1) % 1000:03}"
