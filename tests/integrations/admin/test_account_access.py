"""Who may open and do what on an account's pages, and what is not there."""

import pytest
from django.urls import reverse

from integrations.models import Account

CARDS = "/admin/integrations/account/"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "more", "method", "needed"),
    [
        ("change", (), "get", {"view_account", "change_account"}),
        ("test", (), "post", {"test_account"}),
        ("resume", (), "post", {"change_account"}),
        ("forget", (), "post", {"change_secret"}),
        ("save", ("budgets",), "post", {"change_account"}),
        ("save", ("secrets",), "post", {"change_secret"}),
    ],
)
def test_each_permission_opens_just_its_own_pages(
    person, account, at, settings, page, more, method, needed
):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    asked = ("view_account", "change_account", "change_secret", "test_account", "view_apicall")

    def let_in(*besides):
        clients = {one: person(one, *besides, name=f"{one}{besides}") for one in asked}
        return {
            one for one, client in clients.items()
            if getattr(client, method)(at(page, *more)).status_code != 403
        }  # fmt: skip

    assert let_in("view_account") == (set(asked) if page == "change" else needed)
    assert let_in() == needed & {"view_account", "change_account"}  # who may not see may not act


def test_who_is_not_signed_in_is_led_to_sign_in(client, at):
    page = client.get(at())
    fragment = client.post(at("test"), headers={"HX-Request": "true", "HX-Current-URL": at()})

    assert page["Location"].startswith(reverse("admin:login"))
    assert fragment.status_code == 401
    assert fragment["HX-Redirect"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("pk", ["0", "999", "x", "9" * 40, "²"])
def test_an_account_that_is_not_there_is_a_404(admin_client, pk):
    assert admin_client.get(f"{CARDS}{pk}/change/").status_code == 404


def test_an_unknown_section_is_a_404(admin_client, at):
    assert admin_client.post(at("save", "nothing")).status_code == 404


def test_who_may_only_look_sees_values_and_no_field(person, account, at):
    Account.objects.update(daily_cap_usd=20)

    html = person("view_account").get(at()).content.decode()

    assert "$20.00" in html and "no cap" in html
    assert 'name="seen"' not in html and "data-once" not in html
    assert "Test this connection" not in html
