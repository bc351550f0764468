"""Who has which number in the list of a class draw: the one place where a list meets a person."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from junheng.registry.models.class_assignments import ClassAssignment

KEPT_AT_LEAST = 30
"""Days of the new school year in which a family can still ask; the database lets none go before."""

STANDS_STILL = """
    SELECT state, event, figures, make_date(school_year, 9, 1) AS starts INTO draw
        FROM registry_classassignment
        WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.assignment_id ELSE OLD.assignment_id END;
    IF TG_OP = 'INSERT' AND draw.state = 'frozen' AND draw.figures = '' AND NEW.number IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.number IS NULL AND draw.state IN ('frozen', 'published')
        AND (draw.state = 'frozen' OR draw.event = '')
        AND ROW(NEW.id, NEW.assignment_id, NEW.pupil_id, NEW.listed)
            IS NOT DISTINCT FROM ROW(OLD.id, OLD.assignment_id, OLD.pupil_id, OLD.listed) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND (draw.state = 'withdrawn'
        OR draw.state = 'published' AND draw.starts + KEPT_AT_LEAST < current_date) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'who has which number in a frozen list never changes'
        USING ERRCODE = 'check_violation';
""".replace("KEPT_AT_LEAST", str(KEPT_AT_LEAST))


class DrawnPupil(models.Model):
    """A pupil's number in a frozen list, and the class that it was drawn into.

    The list and its result are kept for good and know numbers only. When these rows are deleted
    nobody can tell any more whose numbers they were.
    """

    assignment = models.ForeignKey(
        ClassAssignment, models.CASCADE, related_name="drawn", verbose_name=_("class assignment")
    )
    pupil = models.ForeignKey(
        "registry.Pupil", models.CASCADE, related_name="+", verbose_name=_("pupil")
    )
    listed = models.PositiveSmallIntegerField(_("number in the list"))
    number = models.PositiveSmallIntegerField(_("class number"), null=True)

    class Meta:
        verbose_name = _("pupil in a class draw")
        verbose_name_plural = _("pupils in class draws")
        constraints = [
            UniqueConstraint(fields=["assignment", "pupil"], name="registry_drawn_pupil_once"),
            UniqueConstraint(fields=["assignment", "listed"], name="registry_drawn_number_once"),
            CheckConstraint(condition=Q(listed__gte=1), name="registry_drawn_listed"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="list_of_a_draw_stands_still",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("draw", "record")],
                func=STANDS_STILL,
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.listed}"
