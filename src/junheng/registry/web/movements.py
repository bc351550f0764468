"""Writing down what happens to a pupil, and asking for a class that may be above the cap."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from junheng.accounts.facade import StaffRequest, User, staff_required
from junheng.commons import approvals
from junheng.commons.models import Approval
from junheng.commons.refusals import Refusal
from junheng.kernel.school_year import SchoolYear
from junheng.registry.access import RECORD_KEEPERS, may_keep_record
from junheng.registry.engine.cap import CLASS_CAP, LARGEST_KNOWN
from junheng.registry.engine.movements import FOLLOWS
from junheng.registry.models import Movement, Pupil, School, SchoolClass, Standing
from junheng.registry.services import asked, movements
from junheng.registry.services.asked import Wanted
from junheng.registry.services.movement_checks import CHOOSES, grades_open, lessons_over
from junheng.registry.web.words import class_name

NEEDS_CLASS = (Movement.CLASS_CHANGED, *CHOOSES)
NAMES = {Movement.MOVED_UP: gettext_lazy("Skips a grade")}
"""What a movement is called here, where the year does not turn."""
DATE = forms.DateInput({"type": "date"}, "%Y-%m-%d")


def moves_of(user: User, standing: Standing | None) -> list[tuple[str, str]]:
    """What somebody may write down of a pupil now: movements and their names."""
    if standing is None or not may_keep_record(user, standing.organisation.path):
        return []
    today = timezone.localdate()
    return [
        (one.value, str(NAMES.get(one, one.label)))
        for one in (*asked.ALONE, *asked.FOR_TWO)
        if one in FOLLOWS[standing.state]
        and grades_open(standing, one, today)
        and (one != Movement.GRADUATED or lessons_over(standing, today))
    ]


class MoveForm(forms.Form):
    """When, on which paper, and into which class."""

    on = forms.DateField(label=gettext_lazy("First day"), widget=DATE)
    paper = forms.CharField(
        label=gettext_lazy("Paper"),
        max_length=200,
        help_text=gettext_lazy("Number or title of what it rests on."),
    )
    grade = forms.TypedChoiceField(label=gettext_lazy("Grade"), coerce=int)
    school_class = forms.ModelChoiceField(SchoolClass.objects.none(), label=gettext_lazy("Class"))

    def __init__(self, *args: Any, standing: Standing, movement: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = grades_open(standing, movement, timezone.localdate())
        chosen: Any = self.fields["grade"]
        chosen.choices = [(number, str(number)) for number in grades if _taught(standing, number)]
        if movement not in CHOOSES:
            del self.fields["grade"]
        if movement in NEEDS_CLASS:
            self._offer_classes(standing, movement, grades)
        else:
            del self.fields["school_class"]

    def _offer_classes(self, standing: Standing, movement: str, grades: tuple[int, ...]) -> None:
        field: Any = self.fields["school_class"]
        year = SchoolYear.of(timezone.localdate()).start
        rows = SchoolClass.objects.filter(
            organisation=standing.organisation, school_year=year, grade__in=grades
        )
        others = ~Q(pk=standing.school_class_id) if standing.school_class_id else Q()
        field.queryset = rows.filter(others).order_by("grade", "number")
        field.required = movement == Movement.CLASS_CHANGED
        field.label_from_instance = _class_with_size

    def clean(self) -> dict[str, Any]:
        """A class is of the grade that was chosen."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        row, grade = given.get("school_class"), given.get("grade")
        if row is not None and grade and row.grade != grade:
            self.add_error("school_class", _("This class is of another grade."))
        return given


def _taught(standing: Standing, grade: int) -> bool:
    """Whether the pupil's school has this grade today."""
    facts = School.objects.current(timezone.localdate())
    there = facts.filter(organisation=standing.organisation_id, lowest_grade__lte=grade)
    return bool(there.filter(highest_grade__gte=grade).exists())


def _class_with_size(row: SchoolClass) -> str:
    return _("%(name)s, %(size)d pupils") % {
        "name": class_name(row.grade, row.number),
        "size": row.size,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*RECORD_KEEPERS)
def move(request: StaffRequest, number: str, movement: str) -> HttpResponse:
    """Write one movement down; some are done at once, others wait for the bureau."""
    found = Pupil.objects.for_user(request.user).select_related("organisation")
    pupil = get_object_or_404(found, number=number)
    standing = movements.current(pupil)
    offered = dict(moves_of(request.user, standing))
    if movement not in offered:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    start = {"on": timezone.localdate()}
    form = MoveForm(sent, initial=start, standing=standing, movement=movement)
    if form.is_valid() and _moved(request, pupil, movement, form):
        return HttpResponseRedirect(reverse("registry:pupil", args=[pupil.number]))
    context = {
        "pupil": pupil,
        "standing": standing,
        "title": offered[movement],
        "form": form,
        "for_two": movement in asked.FOR_TWO,
        "cap": CLASS_CAP,
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/move.html", context, status=status)


def _moved(request: StaffRequest, pupil: Pupil, movement: str, form: MoveForm) -> bool:
    given = form.cleaned_data
    wanted = Wanted(
        movement, given["on"], given["paper"], given.get("school_class"), given.get("grade")
    )
    try:
        waits = asked.move(pupil, wanted, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    told = _("Asked for. It is done when somebody of the bureau agrees.") if waits else ""
    messages.success(request, told or _("Written down."))
    return True


class ExemptionForm(forms.Form):
    """How large, until when, why."""

    size = forms.IntegerField(
        label=gettext_lazy("Pupils at most"), min_value=CLASS_CAP + 1, max_value=LARGEST_KNOWN
    )
    until = forms.DateField(label=gettext_lazy("Last day"), widget=DATE)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 3})
    )
    paper = forms.CharField(label=gettext_lazy("Paper"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(*RECORD_KEEPERS)
def exempt(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask that a class may be above the cap until a day; what was signed before."""
    found = SchoolClass.objects.for_user(request.user).select_related("organisation")
    row = get_object_or_404(found, pk=pk)
    if not may_keep_record(request.user, row.organisation.path):
        raise Http404
    form = ExemptionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _asked(request, row, form):
        return HttpResponseRedirect(reverse("registry:exempt", args=[row.pk]))
    context = {
        "row": row,
        "name": class_name(row.grade, row.number),
        "form": form,
        "cap": CLASS_CAP,
        "waiting": _waiting(row),
        "signed": row.exemptions.select_related("asked_by", "approved_by"),
    }
    status = 422 if form.errors else 200
    return TemplateResponse(request, "registry/exempt.html", context, status=status)


def _waiting(row: SchoolClass) -> Approval | None:
    return approvals.waiting_for(f"registry.class.{row.pk}").get(asked.EXEMPTION)


def _asked(request: StaffRequest, row: SchoolClass, form: ExemptionForm) -> bool:
    try:
        asked.exempt(row, **form.cleaned_data, by=request.user)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Asked for. It is done when somebody of the bureau agrees."))
    return True
