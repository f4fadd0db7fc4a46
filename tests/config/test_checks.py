"""What an operator can get wrong is said at the start, with what to do."""

import pytest

from config import checks


def ids(check):
    return [found.id for found in check(None)]


@pytest.mark.parametrize(("key", "found"), [("", ["switchboard.E001"]), ("long", [])])
def test_secret_key_must_be_there(settings, key, found):
    settings.SECRET_KEY = key

    assert ids(checks.secret_key_is_set) == found


@pytest.mark.parametrize(
    ("keys", "found"),
    [([], ["switchboard.E002"]), (["short"], ["switchboard.E002"]), (["long enough a key"], [])],
)
def test_keys_of_secrets_must_be_there_and_long(settings, keys, found):
    settings.SECRET_KEYS = keys

    assert ids(checks.keys_of_secrets_are_fit) == found


@pytest.mark.parametrize(("region", "found"), [("US", []), ("us", ["switchboard.E003"])])
def test_region_must_exist(settings, region, found):
    settings.DEFAULT_REGION = region

    assert ids(checks.region_is_known) == found


def test_sizes_must_be_at_least_one(settings):
    settings.WORKER_PROCESSES, settings.LEASE_S, settings.IN_FLIGHT = 0, 0.5, 1

    assert [found.msg for found in checks.work_is_sized(None)] == [
        "SWITCHBOARD_WORKERS is 0.",
        "SWITCHBOARD_LEASE_S is 0.5.",
    ]


@pytest.mark.parametrize(
    ("is_production", "is_debug", "found"),
    [(True, True, ["switchboard.E005"]), (True, False, []), (False, True, [])],
)
def test_production_without_debug(settings, is_production, is_debug, found):
    settings.IS_PRODUCTION, settings.DEBUG = is_production, is_debug

    assert ids(checks.production_hides_its_errors) == found


@pytest.mark.parametrize(
    ("is_production", "hosts", "found"),
    [
        (True, ["localhost:9000"], ["switchboard.E007"]),
        (True, [], []),
        (False, ["localhost:9000"], []),
    ],
)
def test_production_tells_no_machine_of_its_own(settings, is_production, hosts, found):
    settings.IS_PRODUCTION, settings.WEBHOOK_LOOPBACK_HOSTS = is_production, hosts

    assert ids(checks.production_tells_no_machine_of_its_own) == found


def test_production_wants_a_name_and_servers_that_somebody_watches(settings):
    settings.IS_PRODUCTION, settings.NEEDS_POSTGRES = True, True
    settings.ALLOWED_HOSTS = ["localhost"]

    assert ids(checks.production_knows_its_name) == ["switchboard.W001"]
    assert ids(checks.production_keeps_its_contacts) == ["switchboard.W002"]


def test_named_production_on_servers_of_its_own_is_fine(settings):
    settings.IS_PRODUCTION, settings.NEEDS_POSTGRES, settings.NEEDS_REDIS = True, False, False
    settings.ALLOWED_HOSTS = ["switchboard.test"]

    assert ids(checks.production_knows_its_name) == []
    assert ids(checks.production_keeps_its_contacts) == []
