"""The command search answers whatever stands in its address."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
SEARCH = reverse("dashboards:search")


@pytest.mark.parametrize("page", ["x", "", "-1", "0", "2", "9" * 30, "²", "1.5", "a\0b", "٣"])
def test_a_page_that_is_none_is_the_first(admin_client, page):
    response = admin_client.get(SEARCH, {"s": "contact", "page": page})

    assert response.status_code == 200
    assert response.content == admin_client.get(SEARCH, {"s": "contact"}).content


@pytest.mark.parametrize(
    "query", [{}, {"s": ""}, {"s": "\0"}, {"s": "x" * 5000}, {"s": "a", "extended": "\0"},
              {"s": "'; --", "nonsense": "1"}],
)  # fmt: skip
def test_any_other_rubbish_is_answered(admin_client, query):
    assert admin_client.get(SEARCH, query).status_code == 200


def test_without_redis_it_says_so(admin_client, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"],
                                   "LOCATION": "redis://127.0.0.1:1/0"}}  # fmt: skip

    response = admin_client.get(SEARCH, {"s": "contact"})

    assert response.status_code == 200 and "Redis" in response.content.decode()
