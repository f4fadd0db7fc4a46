"""The pages of alerts: who sees what, what people do about them, and what cannot be typed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboards.alerting import channels, steering
from dashboards.alerting.notifying import PERHAPS
from dashboards.models import Alert, AlertChannel, AlertRule, Notice
from integrations.accounts import secret_box
from integrations.services import reseal_secrets
from tests.dashboards.alerting.conftest import minutes_ago, standing
from tests.dashboards.people import signed_in
from tests.integrations.sandbox.running import running_sandbox

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"
WEBHOOK = "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop"
SEES, STEERS = "dashboards.view_alert", "dashboards.acknowledge_alert"
RULES, CHANNELS = "dashboards.change_alertrule", "dashboards.change_alertchannel"


@pytest.fixture(autouse=True)
def looked(db):
    """Somebody has just looked: no page does it instead."""
    from dashboards.models import AlertRound

    AlertRound.objects.create(looked_at=timezone.now())


def alert(kind="dead_letters", **fields):
    fields = {
        "level": "warning",
        "value": 2,
        "raised_at": minutes_ago(5),
        "message": EVIL,
        **fields,
    }
    return Alert.objects.create(kind=kind, **fields)


def at(name, *args):
    return reverse(f"dashboards:{name}", args=args)


def test_what_stands_and_what_was(admin_client):
    alert(cleared_at=minutes_ago(1), subject="a")
    held = alert(subject="b")
    alert("redis", raised_at=None)
    Notice.objects.create(alert=held, channel="slack", event="raised", title=EVIL, text=EVIL,
                          state="failed", error="Slack answered 503.")  # fmt: skip

    response = admin_client.get(at("alert"))

    html = response.content.decode()
    assert [row["alert"].subject for row in response.context["standing"]] == ["b"]
    assert [row["alert"].subject for row in response.context["history"]] == ["a"]
    assert "Slack: failed" in html and "Slack answered 503." in html
    assert EVIL not in html and "alert(1)" in html


def test_the_strip_shows_the_pressing_ones_first(admin_client):
    alert(subject="a", message="first")
    alert(subject="b", level="danger", message="worse")
    steering.acknowledge(alert(subject="c", message="in hand"), "bo")
    steering.mute(alert(subject="d", message="muted"), 1, "bo")

    response = admin_client.get(at("alerts_strip"))

    shown = [row["alert"].message for row in response.context["rows"]]
    assert (shown, response.context["more"]) == (["worse", "first"], 2)


def test_the_home_page_brings_the_strip_to_those_who_may_see_it(admin_client):
    address = at("alerts_strip")

    assert address in admin_client.get("/admin/").content.decode()
    assert address not in signed_in("dashboards.view_home").get("/admin/").content.decode()


def test_one_person_has_it_in_hand(admin_client):
    held = alert()

    admin_client.post(at("alert_acknowledge", held.pk))
    other = signed_in(SEES, STEERS)
    said = other.post(at("alert_acknowledge", held.pk), follow=True).content.decode()

    held.refresh_from_db()
    assert held.acknowledged_by == "admin" and held.acknowledged_at
    assert "somebody has it in hand already" in said


@pytest.mark.parametrize(("typed", "is_muted"), [("8", True), ("", False), ("9999", False)])
def test_mute_for_a_while(admin_client, typed, is_muted):
    held = alert()

    said = admin_client.post(at("alert_mute", held.pk), {"hours": typed}, follow=True)

    held.refresh_from_db()
    assert (held.muted_until is not None, held.muted_by == "admin") == (is_muted, is_muted)
    assert ("Choose for how long" in said.content.decode()) is not is_muted


def test_unmute_reaches_the_alert_that_was_muted_before_this_one(admin_client):
    alert(cleared_at=minutes_ago(1), muted_until=minutes_ago(-60))
    held = alert()

    admin_client.post(at("alert_mute", held.pk), {"hours": "0"})

    assert not Alert.objects.filter(muted_until__isnull=False).exists()


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


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, EVIL])
def test_a_broken_place_in_the_history_is_left_out_with_a_notice(admin_client, asked):
    html = admin_client.get(at("alert"), {"before": asked}).content.decode()

    assert "is no place in the history" in html and EVIL not in html


def test_the_history_goes_on_and_costs_the_same(admin_client):
    def queries():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as seen:
            admin_client.get(at("alert"))
        return len(seen)

    alert(subject="x", cleared_at=minutes_ago(1))
    few = queries()
    Alert.objects.bulk_create(
        Alert(kind="redis", subject=str(n), level="danger", value=1, message="m",
              raised_at=minutes_ago(n + 2), cleared_at=minutes_ago(n + 1))
        for n in range(1000)
    )  # fmt: skip

    first = admin_client.get(at("alert"))
    second = admin_client.get(at("alert"), {"before": first.context["older"]})

    assert few == queries() <= 12
    subjects = [row["alert"].subject for one in (first, second) for row in one.context["history"]]
    assert subjects == [str(n) for n in range(999, 899, -1)]


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
