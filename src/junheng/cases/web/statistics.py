"""What people ask, day by day, and that everybody is answered."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from junheng.accounts.facade import StaffRequest, staff_required
from junheng.cases.models.desk import READERS as DESK_READERS
from junheng.cases.selectors import desk as selectors
from junheng.cases.selectors.desk import DayCount
from junheng.cases.web.desk import doors
from junheng.commons.charts import Chart, Series

SPANS = (
    (1, gettext_lazy("Today")),
    (7, pgettext_lazy("days", "7 days")),
    (30, pgettext_lazy("days", "30 days")),
    (90, pgettext_lazy("days", "90 days")),
)


@require_safe
@staff_required(*DESK_READERS)
def statistics(request: StaffRequest) -> HttpResponse:
    """Asked, answered, open; by question, by day, by channel."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n, _words in SPANS} else 7
    today = timezone.localdate()
    begins = today - timedelta(days=days - 1)
    rows = selectors.since(request.user, begins)
    figures = selectors.asked_of(rows)
    context = {
        "days": days,
        "spans": SPANS,
        "begins": begins,
        "figures": figures,
        "share": "—" if figures.share is None else f"{figures.share:.0%}",
        "questions": selectors.by_question(rows),
        "channels": selectors.by_channel(rows),
        "chart": _chart(selectors.by_day(rows, begins, today)),
        "tab": "statistics",
        **doors(request),
    }
    return TemplateResponse(request, "cases/statistics.html", context)


def _chart(days: list[DayCount]) -> Chart:
    return Chart(
        kind="stacked",
        categories=[f"{one.day:%m-%d}" for one in days],
        series=[
            Series(_("Answered at once"), [one.at_once for one in days], "primary"),
            Series(_("Called back"), [one.called_back for one in days], "success"),
            Series(_("Still open"), [one.waiting for one in days], "danger"),
        ],
        x_name=_("Day"),
        y_name=_("Consultations"),
    )
