"""The page of channels: secrets that are never read, what would not work, tests of them."""

import pytest

from dashboards.alerting import channels
from dashboards.alerting.notifying import PERHAPS
from dashboards.models import AlertChannel, Notice
from integrations.accounts import secret_box
from integrations.services import reseal_secrets
from tests.dashboards.alerting.conftest import at, standing
from tests.integrations.sandbox.running import running_sandbox

WEBHOOK = "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("looked")]


def test_a_webhook_can_be_typed_and_never_read(admin_client):
    data = {"channel": "slack", "slack-is_enabled": "on", "slack-webhook": WEBHOOK}

    admin_client.post(at("alert_channels"), data)
    html = admin_client.get(at("alert_channels")).content.decode()

    held = AlertChannel.objects.get(kind="slack")
    assert held.is_enabled and "hooks.slack.com" not in held.sealed
    assert secret_box().open(held.sealed) == {"webhook": WEBHOOK}
    assert "abcdefgh" not in html and "Type a new one to replace it" in html


def test_a_blank_webhook_keeps_the_one_that_is_set(admin_client):
    channels.set_slack(is_enabled=True, typed=WEBHOOK)

    admin_client.post(at("alert_channels"), {"channel": "slack", "slack-webhook": ""})

    held = AlertChannel.objects.get(kind="slack")
    assert not held.is_enabled and secret_box().open(held.sealed) == {"webhook": WEBHOOK}


@pytest.mark.parametrize(
    ("channel", "typed", "words"),
    [
        ("slack", {"webhook": "https://example.test/x"}, "An incoming webhook starts with"),
        ("slack", {"is_enabled": "on"}, "Type the webhook that Slack gave you"),
        ("email", {"is_enabled": "on"}, "Name at least one recipient"),
        ("email", {"recipients": "bo@example.test nobody"}, "“nobody” is no e-mail address"),
        ("email", {"recipients": " ".join(f"a{n}@x.test" for n in range(30))}, "At most 20"),
    ],
)
def test_channels_that_would_not_work_are_said_beside_the_field(
    admin_client, channel, typed, words
):
    data = {"channel": channel, **{f"{channel}-{name}": value for name, value in typed.items()}}

    html = admin_client.post(at("alert_channels"), data).content.decode()

    assert words in html
    assert not AlertChannel.objects.filter(is_enabled=True).exists()
    assert "https://example.test/x" not in html


def test_a_test_arrives_or_says_why_not(admin_client, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    away = admin_client.post(at("alert_test", "slack"), follow=True).content.decode()
    with running_sandbox() as sandbox:
        settings.SANDBOX_URL = sandbox.url
        here = admin_client.post(at("alert_test", "slack"), follow=True).content.decode()

    assert "did not arrive. Slack cannot be reached (ConnectError)." in away
    assert "It works. In the sandbox nothing is sent" in here
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["failed", "kept"]


def test_a_test_e_mail_in_the_sandbox_is_only_kept(admin_client, mailoutbox):
    channels.set_email(is_enabled=False, recipients=["bo@example.test"])

    html = admin_client.post(at("alert_test", "email"), follow=True).content.decode()

    assert "In the sandbox nothing is sent" in html and "They do." in html
    assert mailoutbox == []


def test_a_new_key_reseals_the_webhook_too(settings):
    channels.set_slack(is_enabled=True, typed=WEBHOOK)
    settings.SECRET_KEYS = ["a-new-key-of-the-tests", *settings.SECRET_KEYS]

    assert reseal_secrets() == 1

    settings.SECRET_KEYS = settings.SECRET_KEYS[:1]
    settings.SANDBOX = False
    assert channels.webhook(AlertChannel.objects.get()) == WEBHOOK
    assert standing() == []


def test_what_was_perhaps_sent_says_so_and_is_sent_again_on_a_click(admin_client):
    notice = Notice.objects.create(
        channel="slack", event="test", title="t", text="t", state="unknown", error=PERHAPS
    )
    again = at("alert_send_again", notice.pk)

    html = admin_client.get(at("alert_channels")).content.decode()
    answers = [admin_client.post(again, follow=True).content.decode() for _ in range(2)]

    assert "Perhaps sent" in html and PERHAPS in html and f'action="{again}"' in html
    assert "It is sent again within half a minute." in answers[0]
    assert "Nothing was sent" in answers[1] and f'action="{again}"' not in answers[1]
