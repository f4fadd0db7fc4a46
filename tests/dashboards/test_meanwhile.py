"""An edit of what somebody else changed meanwhile is shown as a difference, not written over."""

import json
import re
from html import unescape

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from contacts.admin.meanwhile import CHANGED
from dashboards.alerting.channels import channel
from dashboards.alerting.kinds import rules
from dashboards.models import AlertChannel, AlertRound, AlertRule
from enrichment.models import Recipe, Team, Upkeep

pytestmark = pytest.mark.django_db


def upkeep():
    recipe = Recipe.objects.create(name="Lines", slug="lines")
    return Upkeep.objects.create(name="Old", recipe=recipe, monthly_cap_usd=5, is_on=True)


def shown(client, address):
    """What the form of a page would send as it was shown."""
    html = client.get(address).content.decode()
    inputs = re.findall(r"<input[^>]*>", html)
    found = {}
    for one in inputs:
        name, value = re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)
        if name and not ("checkbox" in one and "checked" not in one):
            blank = "on" if "checkbox" in one else ""
            found[name[1]] = unescape(value[1]) if value else blank
    return found


def test_field_that_only_another_changed_keeps_what_they_wrote(admin_client):
    row = upkeep()
    address = reverse("admin:enrichment_upkeep_change", args=[row.pk])
    sent = shown(admin_client, address) | {"recipe": row.recipe_id, "name": "Mine"}

    Upkeep.objects.update(monthly_cap_usd=7, is_on=False)
    response = admin_client.post(address, sent)

    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.name, row.monthly_cap_usd, row.is_on) == ("Mine", 7, False)


def test_field_that_both_changed_is_shown_with_both_and_sent_again(admin_client):
    row = upkeep()
    address = reverse("admin:enrichment_upkeep_change", args=[row.pk])
    sent = shown(admin_client, address) | {"recipe": row.recipe_id, "name": "Mine"}

    Upkeep.objects.update(name="Theirs")
    refused = admin_client.post(address, sent)
    html = unescape(refused.content.decode())
    row.refresh_from_db()

    assert (row.name, refused.status_code) == ("Theirs", 200)
    assert CHANGED.format(now="Theirs") in html and 'value="Mine"' in html
    again = sent | {"seen": refused.context["adminform"].form.seen_mark}
    assert admin_client.post(address, again).status_code == 302
    assert Upkeep.objects.get().name == "Mine"


def rows():
    every = IntervalSchedule.objects.create(every=1, period="hours")
    return {
        "auth_user": (User.objects.create_user("bo"), "first_name"),
        "auth_group": (Group.objects.create(name="by hand"), "name"),
        "enrichment_team": (Team.objects.create(name="Sales"), "name"),
        "django_celery_beat_periodictask": (
            PeriodicTask.objects.create(name="x", task="dashboards.count_contacts", interval=every),
            "name",
        ),
    }


@pytest.mark.parametrize(
    "of", ["auth_user", "auth_group", "enrichment_team", "django_celery_beat_periodictask"]
)
def test_what_both_changed_is_refused_on_every_form(admin_client, of):
    row, field = rows()[of]
    address = reverse(f"admin:{of}_change", args=[row.pk])
    sent = shown(admin_client, address) | {field: "Mine"}

    type(row).objects.filter(pk=row.pk).update(**{field: "Theirs"})
    refused = admin_client.post(address, sent)

    assert CHANGED.format(now="Theirs") in unescape(refused.content.decode())
    row.refresh_from_db()
    assert getattr(row, field) == "Theirs"


def test_page_of_a_user_carries_no_password(admin_client):
    user = User.objects.create_user("bo", password="a secret of mine")

    mark = shown(admin_client, reverse("admin:auth_user_change", args=[user.pk]))["seen"]

    assert "password" not in json.loads(mark) and user.password not in mark


def test_threshold_that_both_changed_is_not_written_over(admin_client):
    AlertRound.objects.create()
    rules()
    address = reverse("dashboards:alert_rules")
    sent = shown(admin_client, address)
    kind = sent["form-0-kind"]

    AlertRule.objects.filter(kind=kind).update(threshold=4321)
    refused = admin_client.post(address, sent | {"form-0-threshold": "5432"})

    assert CHANGED.format(now="4321") in unescape(refused.content.decode())
    assert AlertRule.objects.get(kind=kind).threshold == 4321


def test_recipients_that_both_changed_are_not_written_over(admin_client):
    AlertRound.objects.create(looked_at=timezone.now())
    channel("email")
    address = reverse("dashboards:alert_channels")
    sent = {"channel": "email", "email-recipients": "mine@example.test"}
    sent["email-seen"] = admin_client.get(address).context["email"].seen_mark

    AlertChannel.objects.filter(kind="email").update(recipients="theirs@example.test")
    refused = admin_client.post(address, sent)

    assert CHANGED.format(now="theirs@example.test") in unescape(refused.content.decode())
    assert AlertChannel.objects.get(kind="email").recipients == "theirs@example.test"
