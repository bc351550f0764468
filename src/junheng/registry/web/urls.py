from __future__ import annotations

from django.urls import path

from junheng.registry.web import (
    addresses,
    classes,
    counts,
    entrants,
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
    path("staff/", staff.StaffList.as_view(), name="staff"),
    path("staff/<uuid:ref>/", staff.staff_member, name="staff_member"),
    path("recruited/", staff.recruited, name="recruited"),
    path("rotation/", rotation.RotationList.as_view(), name="rotation"),
    path("addresses/", addresses.AddressList.as_view(), name="addresses"),
    path("zones-changes/", zone_changes.ZoneChanges.as_view(), name="zone_changes"),
    path("zones-map/", zones.zones_map, name="zones_map"),
    path("zones/<str:code>/", zones.zone_page, name="zone"),
]
