"""People outside grades 1 to 9."""

from __future__ import annotations

from django.urls import path

from junheng.aid.web import beneficiaries, letters

patterns = [
    path("beneficiaries/", beneficiaries.BeneficiaryList.as_view(), name="beneficiaries"),
    path("beneficiaries/enter/", beneficiaries.enter, name="enter_beneficiary"),
    path("beneficiaries/<uuid:pk>/", beneficiaries.beneficiary, name="beneficiary"),
    path("beneficiaries/<uuid:pk>/letter/", letters.beneficiary_letter, name="beneficiary_letter"),
    path("beneficiaries/<uuid:pk>/tell/", beneficiaries.tell, name="tell_of_beneficiary"),
    path("beneficiaries/<uuid:pk>/end/", beneficiaries.end, name="end_beneficiary"),
]
