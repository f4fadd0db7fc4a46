"""Connections in the back office: added, shown, signed in, tested, changed; for whom and how."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from crm_sync.models import Connection, SignIn, Sync
from crm_sync.signing_in.answers import Token
from crm_sync.tokens import keeping
from tests.crm_sync.connections import connection
from tests.crm_sync.signing_in.logins import pem
from tests.dashboards.costs import used_now

pytestmark = pytest.mark.django_db
ALL = (
    "view_connection", "add_connection", "change_connection", "sign_in_connection",
    "sync_connection",
)  # fmt: skip
LIST = "/admin/crm_sync/connection/"
ADD = f"{LIST}add/?kind=salesforce&way=client_credentials"
FORM = {
    "label": "Acme", "address": "acme.my.salesforce.com", "typed_client_id": "key-1",
    "typed_client_secret": "secret-1",
}  # fmt: skip


def at(row, name):
    return reverse(f"admin:crm_sync_connection_{name}", args=[row.pk])


def said(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def saved(client, row, section, **data):
    return client.post(f"{LIST}{row.pk}/save/{section}/", data)


def test_an_empty_list_says_what_comes_first(client, person, server):
    person(*ALL)
    page = client.get(LIST).content.decode()
    assert "No CRM is connected yet" in page
    assert f'href="{LIST}add/"' in page


def test_a_card_says_what_is_to_be_done(client, person, server):
    person("view_connection")
    connection("hubspot", "code", label="Acme", allowances=[
        {"label": "calls", "most": 250_000, "left": 249_000, "per": "day", "resets_at": None}
    ])  # fmt: skip
    page = client.get(LIST).content.decode()
    assert "Nobody has signed in yet: sign in." in page
    assert "<strong>249,000</strong> of 250,000 left" in page
    assert "Connect a CRM" not in page


def test_the_list_costs_the_same_at_any_length(client, person, server, django_assert_num_queries):
    person("view_connection")
    used_now(client)
    client.get(LIST)
    counts = []
    for last in (1, 30):
        for n in range(Connection.objects.count(), last):
            row = connection("hubspot", "code", label=f"No {n}")
            Sync.objects.create(connection=row, state="done")
        with django_assert_num_queries(6) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_every_kind_and_way_is_offered(client, person, server):
    person(*ALL)
    page = client.get(f"{LIST}add/").content.decode()
    assert page.count("?kind=") == 11
    for link in ("?kind=salesforce&amp;way=jwt", "?kind=partner_center&amp;way=device_code"):
        assert link in page
        assert client.get(f"{LIST}add/{link.replace('&amp;', '&')}").status_code == 200


def test_a_connection_is_added_and_shows_no_secret(client, person, server):
    person(*ALL)
    response = client.post(ADD, FORM)

    row = Connection.objects.get()
    assert response.url == at(row, "change")
    assert row.address == "https://acme.my.salesforce.com"
    assert said(response) == ["Acme is added. Test the connection now."]
    page = client.get(response.url).content.decode()
    assert "key-1" in page
    assert "secret-1" not in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("address", "acme.evil.test", "This is not an address of Salesforce"),
        ("address", "", "Type the address."),
        ("label", "", "Give the connection a name."),
        ("typed_client_secret", "", "Type the consumer secret"),
        ("typed_client_id", "a b", "This is not a consumer key"),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field(client, person, server, field, typed, words):
    person(*ALL)
    page = client.post(ADD, {**FORM, field: typed}).content.decode()
    assert words in page
    assert "secret-1" not in page
    assert 'value="Acme"' in page or field == "label"
    assert not Connection.objects.exists()


def test_a_private_key_is_never_shown_again(client, person, server):
    person(*ALL)
    page = client.post(f"{LIST}add/?kind=salesforce&way=jwt", {
        "label": "", "address": "acme.my.salesforce.com", "typed_client_id": "k",
        "typed_username": "u@acme.test", "typed_private_key": pem(),
    }).content.decode()  # fmt: skip
    assert "Give the connection a name." in page
    assert pem()[40:80] not in page


def test_a_name_that_is_taken_is_said(client, person, server):
    person(*ALL)
    client.post(ADD, FORM)
    assert "has this name" in client.post(ADD, FORM).content.decode()
    assert Connection.objects.count() == 1


def consent(client, row, **headers):
    return client.post(at(row, "sign_in"), headers=headers)


def test_signing_in_leads_to_the_crm_and_back(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code")

    there = consent(client, row, HX_Request="true").headers["HX-Redirect"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert there.startswith(f"{server.url}/hubspot/oauth/authorize?")
    assert asked["redirect_uri"] == "http://testserver/crm/callback"
    back = client.get("/crm/callback", {"state": asked["state"], "code": "code-1"})

    assert back.url == at(row, "change")
    assert said(back) == ["One is signed in. Test the connection now."]
    assert keeping.held(row.pk).token == Token("access-1", "refresh-1")


def test_without_scripts_a_link_leads_there(client, person, server):
    person(*ALL)
    page = consent(client, connection("hubspot", "code")).content.decode()
    assert f'href="{server.url}/hubspot/oauth/authorize?' in page


def test_a_callback_of_nobodys_is_refused_in_words(client, person, server):
    person(*ALL)
    back = client.get("/crm/callback", {"state": "made-up", "code": "code-1"})
    assert back.url == LIST
    assert said(back)[0].startswith("Not signed in. This sign-in is not known here")
    assert server.tokens() == []


def test_a_callback_without_a_session_leads_to_sign_in_without_the_code(client, db):
    back = client.get("/crm/callback", {"state": "s", "code": "code-1"})
    assert back.url == "/admin/login/?next=%2Fadmin%2Fcrm_sync%2Fconnection%2F"


def test_who_only_looks_at_the_link_uses_nothing_up(client, person, server):
    person(*ALL)
    there = consent(client, connection("hubspot", "code"), HX_Request="true")
    (state,) = parse_qs(urlsplit(there.headers["HX-Redirect"]).query)["state"]
    assert client.head("/crm/callback", {"state": state, "code": "code-1"}).status_code == 405
    assert SignIn.objects.get().state == SignIn.State.WAITING


def test_the_callback_takes_odd_text(client, person, server):
    person(*ALL)
    assert client.get("/crm/callback?state=%00%ff&code=%00&error=%F0%9F").status_code == 302


def test_a_device_code_is_shown_and_asked_for(client, person, server):
    person(*ALL)
    row = connection("partner_center", "device_code")

    shown = client.get(client.post(at(row, "sign_in")).url).content.decode()
    assert "ABCD-EFGH" in shown
    assert "https://microsoft.com/devicelogin" in shown

    SignIn.objects.update(poll_at="2026-01-01T00:00Z")
    assert "Waiting for the sign-in" in client.post(at(row, "code_ask")).content.decode()
    server.set(device="given")
    SignIn.objects.update(poll_at="2026-01-01T00:00Z")
    assert client.post(at(row, "code_ask")).headers["HX-Redirect"] == at(row, "change")
    row.refresh_from_db()
    assert row.state == Connection.State.READY


def test_a_declined_code_says_so_and_stops_asking(client, person, server):
    person(*ALL)
    row = connection("partner_center", "device_code")
    client.post(at(row, "sign_in"))
    server.set(device="authorization_declined")
    SignIn.objects.update(poll_at="2026-01-01T00:00Z")

    page = client.post(at(row, "code_ask")).content.decode()

    assert "It was declined at Microsoft" in page
    assert "hx-trigger" not in page


def test_somebody_elses_code_is_not_shown(client, person, server):
    row = connection("partner_center", "device_code")
    person(*ALL, name="ann")
    client.post(at(row, "sign_in"))
    person(*ALL, name="bob")
    page = client.get(at(row, "code")).content.decode()
    assert "ABCD-EFGH" not in page
    assert "ann has a code on the screen" in page


def test_a_section_writes_what_was_changed_and_keeps_who(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code")
    saved(client, row, "sync", direction="both", objects_on=["contact", "company"],
          when_deleted_here="keep", when_deleted_there="detach", seen="{}")  # fmt: skip
    saved(client, row, "schedule", every_minutes="15", seen="{}")

    row.refresh_from_db()
    assert (row.direction, row.objects_on) == ("both", ["company", "contact"])
    assert row.every_minutes == 15
    assert row.next_at is not None
    page = client.get(at(row, "change")).content.decode()
    assert "Direction: To the CRM → Both ways. Objects: none → Companies, Contacts" in page
    assert "Every so many minutes: only when started by hand → 15" in page


def test_what_another_person_changed_meanwhile_is_not_overwritten(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code")
    Connection.objects.filter(pk=row.pk).update(every_minutes=30)
    page = saved(client, row, "schedule", every_minutes="15", seen='{"every_minutes": ""}')
    assert "Somebody changed this meanwhile to 30" in page.content.decode()
    row.refresh_from_db()
    assert row.every_minutes == 30


@pytest.mark.parametrize("typed", ["0", "-1", "44641", "x"])
def test_a_schedule_that_is_none_is_refused(client, person, server, typed):
    person(*ALL)
    row = connection("hubspot", "code")
    page = saved(client, row, "schedule", every_minutes=typed, seen="{}").content.decode()
    assert "Nothing was saved" in page
    row.refresh_from_db()
    assert row.every_minutes is None


def test_another_address_takes_the_token_with_it(client, person, server):
    person(*ALL)
    row = connection("salesforce", "client_credentials", token=Token("access"))
    saved(client, row, "way", way="client_credentials", address="beta.my.salesforce.com", seen="{}")
    row.refresh_from_db()
    assert (row.address, row.token, row.state) == ("https://beta.my.salesforce.com", "", "new")


def test_a_section_asks_for_its_own_permission(client, person, server):
    person("view_connection", "change_connection")
    row = connection("hubspot", "code")
    assert saved(client, row, "secrets", typed_client_secret="x", seen="{}").status_code == 403
    assert saved(client, row, "way", way="private_app", seen="{}").status_code == 403
    assert saved(client, row, "schedule", every_minutes="5", seen="{}").status_code == 302
    page = client.get(at(row, "change")).content.decode()
    assert "callback" not in page
    assert 'name="typed_client_secret"' not in page


def test_a_secret_typed_anew_is_kept_and_not_shown(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code", token=Token("access"))
    response = saved(
        client, row, "secrets", typed_client_id="client_id-of-ours",
        typed_client_secret="secret-2", seen="{}",
    )  # fmt: skip
    row.refresh_from_db()
    assert keeping.typed(row)["client_secret"] == "secret-2"
    assert (row.token, said(response)) == ("", ["Saved. Client secret: set."])
    assert "secret-2" not in client.get(response.url).content.decode()


def test_signed_out_and_forgotten(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code", token=Token("access"))
    client.post(at(row, "sign_out"))
    row.refresh_from_db()
    assert (row.token, bool(row.secrets)) == ("", True)
    client.get(at(row, "forget"))
    client.post(at(row, "forget"))
    row.refresh_from_db()
    assert row.secrets == ""


@pytest.mark.parametrize("pk", ["0", "999", "99999999999999999999", "x"])
def test_what_is_not_there_is_not_found(client, person, server, pk):
    person(*ALL)
    assert client.get(f"{LIST}{pk}/change/").status_code == 404


def test_an_unknown_kind_or_way_breaks_nothing(client, person, server):
    person(*ALL)
    assert client.get(f"{LIST}add/?kind=nonsense").status_code == 200
    assert client.get(f"{LIST}add/?kind=hubspot&way=nonsense").status_code == 404
    Connection.objects.create(kind="nonsense", label="Odd", way="code")
    Connection.objects.create(kind="hubspot", label="Lost way", way="nonsense")
    assert client.get(LIST).status_code == 200
    assert client.get(at(Connection.objects.get(label="Lost way"), "change")).status_code == 200


def test_a_connection_leads_to_its_mappings(client, person, server):
    row = connection("hubspot", "code")
    person("view_connection")
    assert b"/mapping/" not in client.get(at(row, "change")).content

    person("view_connection", "view_mapping", name="cy")
    page = client.get(at(row, "change")).content.decode()

    assert f'href="{LIST}{row.pk}/mapping/contact/"' in page
    assert f'href="{LIST}{row.pk}/mapping/company/"' in page


def test_referrals_have_no_mapping(client, person, server):
    row = connection("partner_center", "device_code")
    person("view_connection", "view_mapping")
    assert b"/mapping/" not in client.get(at(row, "change")).content
