"""Pages that refuse: in the look of the house, leading somewhere, and never a stack trace."""

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import path

from config.urls import urlpatterns as ours
from dashboards.access.errors import broken, page


def fail(request):
    raise RuntimeError("secret 12345")


class Addresses:
    urlpatterns = [path("fail/", fail), *ours]
    handler500 = "dashboards.access.errors.broken"


BADGE = "Sandbox: nothing is bought, nothing is sent"


def html(response, status):
    assert response.status_code == status
    return response.content.decode()


def test_missing_page_leads_home_or_to_the_sign_in(browser):
    inside = html(browser("viewer").get("/nonsense/"), 404)
    outside = html(Client().get("/nonsense/"), 404)

    assert "There is no such page" in inside and BADGE in inside
    assert 'href="/admin/"' in inside and 'href="/admin/login/"' not in inside
    assert 'href="/admin/login/"' in outside and 'href="/admin/"' not in outside


def test_refused_page_says_whom_to_ask(browser, person):
    User.objects.create_superuser("root", first_name="Ann", last_name="Lee")
    client = browser("viewer")

    text = html(client.get("/admin/auth/user/"), 403)

    assert "can ask Ann Lee for a wider role" in text and BADGE in text


def test_failure_tells_the_reference_and_nothing_else(settings, browser):
    client = browser("viewer")
    client.raise_request_exception = False
    settings.ROOT_URLCONF = Addresses

    text = html(client.get("/fail/"), 500)

    assert "Something went wrong here" in text
    assert "secret 12345" not in text and "Traceback" not in text


def test_reference_is_shown_when_there_is_one(db):
    request = RequestFactory().get("/")
    request.correlation_id = "abc-123"

    assert "<code>abc-123</code>" in html(broken(request), 500)


def test_failure_of_the_database_itself_has_its_page(settings, rf, django_db_blocker):
    settings.SANDBOX = True
    with django_db_blocker.block():
        text = html(broken(rf.get("/")), 500)

    assert "Something went wrong here" in text and BADGE in text


def test_form_that_is_too_big_leads_to_the_file(settings, browser):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

    response = browser("operator").post("/admin/contacts/import/add/", {"text": "+1 " * 400_000})

    text = html(response, 400)
    assert "A form takes 1 MB" in text and 'href="/admin/contacts/import/add/"' in text


def test_foreign_form_is_refused_with_a_way_back(browser):
    client = browser("admin")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies

    text = html(strict.post("/admin/auth/group/add/", {"name": "x"}), 403)

    assert "This form is out of date" in text and BADGE in text


def test_unknown_host_gets_a_page_without_a_trace(db):
    assert "That request cannot be read" in html(
        Client().get("/", headers={"Host": "evil.test"}), 400
    )


@pytest.mark.parametrize("kind", ["locked", "forbidden", "missing", "stale", "bad", "broken"])
def test_nothing_of_what_a_page_says_is_inline(db, kind):
    text = html(page(RequestFactory().get("/"), 400, "<script>alert(1)</script>", kind), 400)

    assert "<script>alert" not in text and " style=" not in text and "<style" not in text
