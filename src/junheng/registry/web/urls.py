from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from junheng.registry.web import (
    addresses,
    arrivals,
    attendance,
    behind,
    children_behind,
    class_assignments,
    class_sizes,
    classes,
    corrections,
    counts,
    entrants,
    equity,
    families,
    freezing,
    integrity,
    movements,
    other_districts,
    pupils,
    rankings,
    register_export,
    return_files,
    roll_overs,
    rotation,
    schools,
    staff,
    staff_behind,
    staff_files,
    statistics,
    transfer_rules,
    transfers,
    zone_changes,
    zones,
)


class DayConverter:
    """A day in an address, as 2026-11-20."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

app_name = "registry"
urlpatterns = [
    path("schools/", schools.SchoolList.as_view(), name="schools"),
    path("schools/<str:code>/", schools.school_page, name="school"),
    path("classes/", classes.ClassList.as_view(), name="classes"),
    path("class-sizes/", class_sizes.ClassSizes.as_view(), name="class_sizes"),
    path("classes/year/<int:year>/", classes.ClassList.as_view(), name="classes_of_year"),
    path("classes/<int:pk>/count/", classes.count, name="count"),
    path("opening-count/", counts.opening_count, name="opening_count"),
    path("opening-count/<int:pk>/close/", counts.close, name="close_count"),
    path("pupils/<str:number>/move/<str:movement>/", movements.move, name="move"),
    path("classes/<int:pk>/exempt/", movements.exempt, name="exempt"),
    path("transfers/", transfers.TransferList.as_view(), name="transfers"),
    path("transfers/new/", transfers.new, name="transfer_new"),
    path("transfers/from-outside/", other_districts.here, name="transfer_here"),
    path("pupils/<str:number>/family/<str:what>/", families.family, name="family"),
    path("pupils/<str:number>/away/", other_districts.away, name="transfer_away"),
    path("transfers/<str:number>/", transfers.transfer, name="transfer"),
    path("transfers/<str:number>/ask/", transfers.ask, name="transfer_ask"),
    path("transfer-rules/", transfer_rules.rules, name="transfer_rules"),
    path("transfers/<str:number>/answer/", transfers.answer, name="transfer_answer"),
    path("transfers/<str:number>/decide/", transfers.decide, name="transfer_decide"),
    path("transfers/<str:number>/withdraw/", transfers.withdraw, name="transfer_withdraw"),
    path("zones/", zones.ZoneList.as_view(), name="zones"),
    path("zones/year/<int:year>/", zones.ZoneList.as_view(), name="zones_of_year"),
    path("entrants/", entrants.entrants, name="entrants"),
    path("pupils/", pupils.PupilList.as_view(), name="pupils"),
    path("pupils-workbook/", register_export.export_register, name="register_export"),
    path("pupils/new/", arrivals.new, name="pupil_new"),
    path("pupils/<str:number>/", pupils.pupil, name="pupil"),
    path("staff/", staff.StaffList.as_view(), name="staff"),
    path("staff/<uuid:ref>/", staff.staff_member, name="staff_member"),
    path("recruited/", staff.recruited, name="recruited"),
    path("recruited/people/", staff_behind.RecruitsBehind.as_view(), name="recruits_behind"),
    path("recruited/courses/", staff_behind.CoursesBehind.as_view(), name="courses_behind"),
    path("recruited/word/", staff_files.staff_document, name="staff_document"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/excel/", return_files.statistics_file, name="statistics_file"),
    path("statistics/word/", return_files.statistics_document, name="statistics_document"),
    path("statistics/schools/", behind.SchoolsBehind.as_view(), name="statistics_schools"),
    path("statistics/classes/", behind.ClassesBehind.as_view(), name="statistics_classes"),
    path("statistics/pupils/", behind.PupilsBehind.as_view(), name="statistics_pupils"),
    path(
        "statistics/children/", children_behind.ChildrenBehind.as_view(), name="statistics_children"
    ),
    path("ranking/", rankings.Rankings.as_view(), name="rankings"),
    path("equity/", equity.EquityPage.as_view(), name="equity"),
    path("rotation/", rotation.RotationList.as_view(), name="rotation"),
    path("addresses/", addresses.AddressList.as_view(), name="addresses"),
    path("zones-changes/", zone_changes.ZoneChanges.as_view(), name="zone_changes"),
    path("zones-map/", zones.zones_map, name="zones_map"),
    path("zones/<str:code>/", zones.zone_page, name="zone"),
    path("roll-overs/", roll_overs.RollOverList.as_view(), name="roll_overs"),
    path("roll-overs/plan/", roll_overs.plan, name="plan_roll_over"),
    path("roll-overs/<uuid:pk>/", roll_overs.RollOverPage.as_view(), name="roll_over"),
    path("roll-overs/<uuid:pk>/ask/", roll_overs.ask, name="ask_roll_over"),
    path("roll-overs/<uuid:pk>/ask-undo/", roll_overs.ask_undo, name="ask_undo_roll_over"),
    path("roll-overs/<uuid:pk>/hold-back/", roll_overs.hold_back, name="hold_back"),
    path(
        "class-assignments/",
        class_assignments.AssignmentList.as_view(),
        name="class_assignments",
    ),
    path("class-assignments/regroup/", freezing.regroup, name="regroup"),
    path(
        "class-assignments/entrants/<str:code>/<int:year>/<int:grade>/",
        freezing.freeze_entrants,
        name="freeze_entrants",
    ),
    path(
        "class-assignments/classes/<str:code>/<int:year>/<int:grade>/",
        freezing.freeze_classes,
        name="freeze_classes",
    ),
    path(
        "class-assignments/<uuid:pk>/",
        class_assignments.AssignmentPage.as_view(),
        name="class_assignment",
    ),
    path(
        "class-assignments/<uuid:pk>/pack.zip",
        class_assignments.pack,
        name="assignment_pack",
    ),
    path(
        "class-assignments/<uuid:pk>/figures/",
        class_assignments.type_figures,
        name="type_figures",
    ),
    path(
        "class-assignments/<uuid:pk>/publish/",
        class_assignments.publish,
        name="publish_assignment",
    ),
    path(
        "class-assignments/<uuid:pk>/withdraw/",
        class_assignments.withdraw,
        name="withdraw_assignment",
    ),
    path("integrity/", integrity.FindingList.as_view(), name="integrity"),
    path("integrity/check/", integrity.check_now, name="check_register"),
    path("integrity/<uuid:ref>/", integrity.finding, name="finding"),
    path("integrity/<uuid:ref>/false-alarm/", integrity.false_alarm, name="false_alarm"),
    path("integrity/<uuid:ref>/mend/", integrity.mend, name="mend"),
    path("integrity/<uuid:ref>/correct/<str:number>/", corrections.correct_record, name="correct"),
    path("attendance/", attendance.RollCallList.as_view(), name="roll_calls"),
    path("attendance/<int:pk>/<day:day>/", attendance.roll_call, name="roll_call"),
]
