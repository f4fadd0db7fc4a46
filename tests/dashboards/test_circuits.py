"""The circuits page: what is open and why; opened and reset by hand, with a reason."""

import pytest
from django.urls import reverse

from integrations import fleet
from integrations.registry import PROVIDERS
from tests.dashboards.people import signed_in

KEY = "twilio:sandbox"
PAGE, TABLE, ONE = "/admin/circuits/", "/admin/circuits/table/", f"/admin/circuits/{KEY}/"
SEES, STEERS = "dashboards.view_circuits", "dashboards.steer_circuits"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_circuits")]


def shown(client, address=TABLE):
    rows = client.get(address).context["circuits"]
    return {row["state"].key: row["state"] for row in rows}


def test_every_provider_has_a_circuit_even_before_its_first_failure(admin_client):
    found = {key: state.state for key, state in shown(admin_client).items()}

    assert found == {f"{of.slug}:sandbox": "closed" for of in PROVIDERS}


def test_an_open_circuit_says_since_when_why_and_until_when(admin_client):
    def fail():
        raise OSError("connection refused")

    circuit = fleet.board().circuit("acme", fail_max=1)
    with pytest.raises(OSError), circuit.calling():
        fail()

    state = shown(admin_client)["acme"]

    assert (state.state, state.failures) == ("open", 1)
    assert state.last_error == "OSError"
    assert (state.retry_at - state.opened_at).total_seconds() == 60
    html = admin_client.get(TABLE).content.decode()
    assert html.index("acme") < html.index(KEY) and "OSError" in html


def test_opened_by_hand_with_a_reason_and_reset(admin_client):
    admin_client.post(ONE, {"what": "open", "reason": "they asked us to stop"})
    opened = shown(admin_client)[KEY]

    admin_client.post(ONE, {"what": "reset", "reason": "they are back"})

    assert (opened.state, opened.reason, opened.by) == ("open", "they asked us to stop", "admin")
    assert opened.retry_at is None
    assert shown(admin_client)[KEY].state == "closed"


def test_without_a_reason_nothing_is_opened(admin_client):
    response = admin_client.post(ONE, {"what": "open", "reason": "  "})

    assert response.status_code == 200
    assert "Say why" in response.content.decode()
    assert shown(admin_client)[KEY].state == "closed"


def test_an_unknown_circuit_leads_back_with_a_notice(admin_client):
    response = admin_client.get("/admin/circuits/nobody/", follow=True)

    assert response.redirect_chain == [(PAGE, 302)]
    assert "There is no circuit nobody." in response.content.decode()


def test_with_redis_away_the_page_says_so_and_claims_nothing(admin_client, redis_away):
    html = admin_client.get(PAGE).content.decode()
    told = admin_client.post(ONE, {"what": "open", "reason": "why"}, follow=True).content.decode()

    assert "Redis does not answer" in html and "not known" in html
    assert "the workers cannot be told" in told


def test_who_may_see_and_who_may_change():
    nobody, sees, steers = signed_in(), signed_in(SEES), signed_in(SEES, STEERS)

    statuses = [[one.get(at).status_code for at in (PAGE, TABLE, ONE)]
                for one in (nobody, sees, steers)]  # fmt: skip
    refused = sees.post(ONE, {"what": "open", "reason": "why"})

    assert statuses == [[403, 403, 403], [200, 200, 403], [200, 200, 200]]
    assert refused.status_code == 403 and shown(sees)[KEY].state == "closed"
    assert f'href="{ONE}"' not in sees.get(PAGE).content.decode()


def test_nobody_in_particular_is_led_to_sign_in(client):
    assert client.get(PAGE)["Location"] == f"{reverse('admin:login')}?next={PAGE}"
    fragment = client.get(TABLE)
    assert (fragment.status_code, fragment["HX-Redirect"]) == (403, reverse("admin:login"))
