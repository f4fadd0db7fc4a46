"""Slack's incoming webhooks: what is posted, what is refused, and what is never said."""

import pytest

from integrations import slack
from integrations.messages import NotDelivered
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def url(sandbox):
    return f"{sandbox.url}/slack/services/T0/B0/"


def test_a_text_is_posted_once(sandbox, url):
    sandbox.fresh()

    slack.post(f"{url}any", "all is well")

    assert sandbox.count()["providers"] == {"slack": {"webhook": {"answered": 1}}}


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ("revoked", "Slack refused: the webhook was revoked; make a new one."),
        ("archived", "Slack refused: its channel is archived; make a webhook for another one."),
        ("prohibited", "Slack refused: an administrator of the workspace does not allow it; ask "
         "them."),
    ],
)  # fmt: skip
def test_what_slack_refuses_is_final_and_says_what_to_do(url, last, words):
    with pytest.raises(NotDelivered) as caught:
        slack.post(url + last, "all is well")

    assert (str(caught.value), caught.value.is_final) == (words, True)


def test_who_cannot_be_reached_is_tried_again_and_the_address_is_not_said():
    with pytest.raises(NotDelivered) as caught:
        slack.post("http://127.0.0.1:1/services/T0/B0/abcdefgh", "all is well")

    assert str(caught.value) == "Slack cannot be reached (ConnectError)."
    assert not caught.value.is_final and caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("typed", "is_fit"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", True),
        ("https://hooks.slack-gov.com/services/T0/B0/x", True),
        ("http://hooks.slack.com/services/T0/B0/x", False),
        ("https://hooks.slack.com.example.test/services/T0/B0/x", False),
        ("https://hooks.slack.com@example.test/services/T0/B0/x", False),
        ("https://hooks.slack.com:8443/services/T0/B0/x", False),
        ("https://127.0.0.1/services/T0/B0/x", False),
        ("https://hooks.slack.com/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_slacks_own_addresses_are_webhooks(typed, is_fit):
    assert (slack.problem_of(typed) == "") is is_fit


def test_mentions_and_links_are_only_text():
    assert slack.escaped("<!channel> <http://x.test|a> & b") == (
        "&lt;!channel&gt; &lt;http://x.test|a&gt; &amp; b"
    )
