"""A filter in an address that means nothing is left out of its list, with a notice."""

from html import unescape

import pytest
from django.contrib import admin
from django.urls import reverse

from contacts.models import Export
from dashboards.addresses import OWN
from outreach.models import Rules
from tests.dashboards.people import signed_in

pytestmark = pytest.mark.django_db

LISTS = [
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model, office in admin.site._registry.items()
    if not isinstance(office, OWN) and model is not Rules  # one row, no list
]


def shown(client, name, **query):
    response = client.get(reverse(f"admin:{name}_changelist"), query)
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [{"nonsense": "1"}, {"id__exact": "a\0b"}, {"nonsense\0": "1"}, {"_to_field": "id"}],
    ids=["unknown", "NUL", "NUL in a name", "of a popup"],
)
def test_every_list_leaves_out_what_means_nothing(admin_client, name, query):
    assert "was left out" in shown(admin_client, name, **query)


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"state__exact": "zzz"}, "State"),
        ({"state": "zz\0"}, "State"),
        ({"is_sandbox__exact": "perhaps"}, "Is sandbox"),
        ({"by": "you"}, "by"),
        ({"created_by__password": "x"}, "Created by"),
    ],
)
def test_notice_names_the_filter(admin_client, query, label):
    (value,) = query.values()

    page = shown(admin_client, "enrichment_run", **query)

    assert f"The filter “{label}” was left out: {value!r} means nothing." in page


def test_the_other_filters_stay(admin_client, admin_user):
    for state in ("cancelled", "failed"):
        Export.objects.create(
            state=state, described=f"of {state}", fingerprint=state, created_by=admin_user
        )

    page = shown(admin_client, "contacts_export", state__exact="failed", format__exact="doc")

    assert "Of failed" in page and "Of cancelled" not in page
    assert "The filter “Format” was left out: 'doc' means nothing." in page


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("enrichment_run", {"state__exact": "paused", "by": "me", "is_sandbox__exact": "1"}),
        ("enrichment_runitem", {"run__id__exact": "7", "q": "+1415", "p": "2"}),
        ("enrichment_answer", {"outcome__exact": "unknown", "all": "", "o": "1"}),
        ("auth_user", {"is_active__exact": "1", "groups__id__exact": "1"}),
    ],
)
def test_what_lists_lead_to_themselves_is_no_fault(admin_client, name, query):
    assert "was left out" not in shown(admin_client, name, **query)


def test_who_may_not_see_the_list_is_told_nothing():
    client = signed_in("dashboards.view_home")

    response = client.get(reverse("admin:auth_user_changelist"), {"nonsense": "1"})

    assert response.status_code == 403
    assert "was left out" not in response.content.decode()
