"""The page of thresholds: edited, and what makes no sense said beside the field."""

import pytest

from dashboards.models import AlertRule
from tests.dashboards.alerting.conftest import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looked")]


def form(client, **changed):
    """The thresholds as the page has them, with some typed over."""
    formset = client.get(at("alert_rules")).context["formset"]
    data = {f"form-{name}": value for name, value in formset.management_form.initial.items()}
    for one in formset.forms:
        for name, field in one.fields.items():
            value = one.get_initial_for_field(field, name)
            value = one.instance.kind if name == "kind" else value
            if value is not False:
                data[f"{one.prefix}-{name}"] = value
        for name, value in changed.items():
            kind, _, which = name.partition("__")
            if one.instance.kind == kind:
                data[f"{one.prefix}-{which}"] = value
    return data


def test_thresholds_are_edited(admin_client):
    data = form(admin_client, queue_age__threshold="60", queue_age__clears_at="30")

    assert admin_client.post(at("alert_rules"), data).status_code == 302

    rule = AlertRule.objects.get(kind="queue_age")
    assert (rule.threshold, rule.clears_at, rule.is_enabled) == (60, 30, True)
    assert AlertRule.objects.get(kind="queue_depth").threshold == 1_000_000


@pytest.mark.parametrize(
    ("which", "typed", "words"),
    [
        ("clears_at", "600", "It is over below the figure"),
        ("threshold", "-5", "Give a figure from 0 up"),
        ("threshold", "nan", "Enter a number"),
        ("threshold", "1e30", "Give a figure from 0 up"),
        ("threshold", "", "This field is required"),
        ("for_s", "99999999", "At most a day"),
        ("quiet_s", "-1", "greater than or equal to 0"),
    ],
)
def test_thresholds_that_make_no_sense_are_said_beside_the_field(admin_client, which, typed, words):
    data = form(admin_client, **{f"queue_age__{which}": typed})

    response = admin_client.post(at("alert_rules"), data)

    html = response.content.decode()
    assert response.status_code == 200 and words in html
    assert AlertRule.objects.get(kind="queue_age").threshold == 600
    assert not typed or f'value="{typed}"' in html
