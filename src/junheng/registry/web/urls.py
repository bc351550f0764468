from __future__ import annotations

from django.urls import path

from junheng.registry.web import (
    addresses,
    class_assignments,
    classes,
    counts,
    entrants,
    pupils,
    roll_overs,
    rotation,
    schools,
    staff,
    zone_changes,
    zones,
)

app_name = "registry"
urlpatterns = [
    path("schools/", schools.SchoolList.as_view(), name="schools"),
    path("schools/<str:code>/", schools.school_page, name="school"),
    path("classes/", classes.ClassList.as_view(), name="classes"),
    path("classes/year/<int:year>/", classes.ClassList.as_view(), name="classes_of_year"),
    path("classes/<int:pk>/count/", classes.count, name="count"),
    path("opening-count/", counts.opening_count, name="opening_count"),
    path("opening-count/<int:pk>/close/", counts.close, name="close_count"),
    path("zones/", zones.ZoneList.as_view(), name="zones"),
    path("zones/year/<int:year>/", zones.ZoneList.as_view(), name="zones_of_year"),
    path("entrants/", entrants.entrants, name="entrants"),
    path("pupils/", pupils.PupilList.as_view(), name="pupils"),
    path("pupils/<str:number>/", pupils.pupil, name="pupil"),
    path("staff/", staff.StaffList.as_view(), name="staff"),
    path("staff/<uuid:ref>/", staff.staff_member, name="staff_member"),
    path("recruited/", staff.recruited, name="recruited"),
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
    path("class-assignments/regroup/", class_assignments.regroup, name="regroup"),
    path(
        "class-assignments/entrants/<str:code>/<int:year>/<int:grade>/",
        class_assignments.freeze_entrants,
        name="freeze_entrants",
    ),
    path(
        "class-assignments/classes/<str:code>/<int:year>/<int:grade>/",
        class_assignments.freeze_classes,
        name="freeze_classes",
    ),
    path("class-assignments/<uuid:pk>/", class_assignments.page, name="class_assignment"),
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
]
