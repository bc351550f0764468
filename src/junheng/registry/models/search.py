"""Tokens by which pupils are found although their names are sealed; see docs/adr."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from junheng.commons.sealing import blind_token
from junheng.registry.engine.search_keys import Key, keys_of

FOLLOWS_ITS_PUPIL = """
    IF TG_OP = 'DELETE' OR NEW.name IS DISTINCT FROM OLD.name THEN
        DELETE FROM registry_pupilsearchkey WHERE pupil_id = OLD.id;
    ELSIF NEW.organisation_id IS DISTINCT FROM OLD.organisation_id THEN
        UPDATE registry_pupilsearchkey SET organisation_id = NEW.organisation_id
            WHERE pupil_id = OLD.id;
    END IF;
    RETURN NULL;
"""
"""Keys never outlive the name that they were made from, and are where the pupil is."""

OF_A_PUPIL = """
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT pupil_id, organisation_id FROM new_rows) AS fresh
        LEFT JOIN LATERAL (
            SELECT organisation_id FROM registry_pupil WHERE id = fresh.pupil_id OFFSET 0
        ) AS pupil ON true
        WHERE pupil.organisation_id IS DISTINCT FROM fresh.organisation_id
    ) THEN
        RAISE EXCEPTION 'a search key is of a pupil, and at its school'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
"""


_referencing: Any = pgtrigger.Referencing


class PupilSearchKey(models.Model):
    """One beginning of a pupil's name or initials, as a token that only the key's holder can make.

    There are about six to a pupil, so the row is small, has no number of its own, and its
    references are held by triggers for whole statements instead of row by row.
    """

    pk = models.CompositePrimaryKey("pupil_id", "part")
    pupil = models.ForeignKey(
        "registry.Pupil",
        models.CASCADE,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("pupil"),
    )
    part = models.PositiveSmallIntegerField(_("part of the name"))
    organisation = models.ForeignKey(
        "places.Organisation",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("school"),
    )
    token = models.BigIntegerField(_("token"))

    class Meta:
        verbose_name = _("pupil search key")
        verbose_name_plural = _("pupil search keys")
        indexes = [models.Index(fields=["token", "organisation"], name="registry_search_token")]
        constraints = [
            CheckConstraint(condition=Q(part__gte=1, part__lte=24), name="registry_search_part")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="search_key_of_a_pupil",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=_referencing(new="new_rows"),
                func=OF_A_PUPIL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.part}"


def follows_its_pupil() -> pgtrigger.Trigger:
    """For the table of pupils: its search keys go and move with a pupil."""
    return pgtrigger.Trigger(
        name="search_keys_follow",
        when=pgtrigger.After,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=FOLLOWS_ITS_PUPIL,
    )


def key_rows(pupils: Iterable[tuple[UUID, int, str]]) -> Iterator[tuple[UUID, int, int, int]]:
    """Rows for the table: pupil, part, organisation, token.

    Args:
        pupils: Who, at which organisation, of what name.
    """
    token = cache(token_of)
    of_name = cache(lambda name: [(part, token(key)) for part, key in keys_of(name).items()])
    for pupil, organisation, name in pupils:
        for part, made in of_name(name):
            yield pupil, part, organisation, made


def token_of(key: Key) -> int:
    """The token of a beginning."""
    return blind_token(key.text, f"registry.search.{key.kind}")


def keep_search_keys(pupils: Iterable[Any]) -> int:
    """Write the keys of pupils whose names were just set; how many those are."""
    rows = key_rows((one.pk, one.organisation_id, str(one.name)) for one in pupils)
    made = PupilSearchKey.objects.bulk_create(
        (
            PupilSearchKey(pupil_id=pupil, part=part, organisation_id=organisation, token=token)
            for pupil, part, organisation, token in rows
        ),
        ignore_conflicts=True,
    )
    return len(made)
