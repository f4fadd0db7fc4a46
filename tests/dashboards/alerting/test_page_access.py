"""Who may see and do what on the pages of alerts, and what is not there."""

import pytest

from dashboards.models import Notice
from tests.dashboards.alerting.conftest import alert, at
from tests.dashboards.people import signed_in

SEES, STEERS = "dashboards.view_alert", "dashboards.acknowledge_alert"
RULES, CHANNELS = "dashboards.change_alertrule", "dashboards.change_alertchannel"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looked")]


@pytest.mark.parametrize("pk", [0, 10**30])
@pytest.mark.parametrize("name", ["alert_acknowledge", "alert_mute"])
def test_an_alert_that_is_not_there(admin_client, name, pk):
    alert(raised_at=None)

    assert admin_client.post(at(name, pk), {"hours": "1"}).status_code == 404


def test_who_may_see_and_do_what():
    held = alert()
    pages = [at(name) for name in ("alert", "alerts_live", "alerts_strip", "alert_rules",
                                   "alert_channels")]  # fmt: skip
    people = [signed_in(), signed_in(SEES), signed_in(RULES), signed_in(CHANNELS)]

    statuses = [[one.get(page).status_code for page in pages] for one in people]
    posts = [one.post(at(name, *args)).status_code for one in people[:2] for name, args in (
        ("alert_acknowledge", [held.pk]), ("alert_mute", [held.pk]), ("alert_test", ["slack"]),
    )]  # fmt: skip

    assert statuses == [[403] * 5, [200, 200, 200, 403, 403], [403, 403, 403, 200, 403],
                        [403, 403, 403, 403, 200]]  # fmt: skip
    assert posts == [403] * 6
    assert "acknowledge" not in people[1].get(pages[0]).content.decode()
    assert Notice.objects.count() == 0


def test_changing_asks_for_post(admin_client):
    held = alert()

    for name, args in (("alert_acknowledge", [held.pk]), ("alert_mute", [held.pk]),
                       ("alert_test", ["slack"])):  # fmt: skip
        assert admin_client.get(at(name, *args)).status_code == 405
