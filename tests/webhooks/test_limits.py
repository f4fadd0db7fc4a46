"""Limits: by key and by address, in the fleet, and in a process of its own while Redis is away."""

import redis
import time_machine

from tests.webhooks.conftest import TOKEN
from webhooks import keys, limits
from webhooks.limits.counts import Claim, Counts
from webhooks.models import Delivery

NOWHERE = "redis://127.0.0.1:1/0"
STATUS = "/webhooks/twilio/sms-status"


def fleet(settings) -> Counts:
    return Counts(redis.Redis.from_url(settings.REDIS_URL))


def test_two_processes_share_a_limit(door, settings):
    one, two = fleet(settings), fleet(settings)

    waits = [who.claim(Claim("a", 3)) for who in (one, two, one, two, one)]

    assert waits[:3] == [0, 0, 0]
    assert all(0 < wait <= 61 for wait in waits[3:])
    assert two.claim(Claim("b", 3)) == 0


def test_what_is_refused_counts_nowhere(door, settings):
    counts = fleet(settings)
    counts.claim(Claim("full", 1))

    assert counts.claim(Claim("free", 1), Claim("full", 1)) > 0
    assert counts.claim(Claim("free", 1)) == 0


def test_forced_counts_count_over_the_limit(door, settings):
    counts = fleet(settings)
    for _ in range(5):
        counts.claim(Claim("wrong", 2, is_forced=True))

    assert counts.claim(Claim("wrong", 5, adds=0)) == 0
    assert counts.claim(Claim("wrong", 4, adds=0)) > 0


def test_without_redis_a_process_counts_by_itself():
    counts = Counts(redis.Redis.from_url(NOWHERE))
    with time_machine.travel(1_000_000, tick=False) as clock:
        waits = [counts.claim(Claim("a", 2)) for _ in range(3)]
        clock.shift(60)
        within = counts.claim(Claim("a", 2))
        clock.shift(1)
        after = counts.claim(Claim("a", 2))

    assert (waits, within, after) == ([0, 0, 61], 1, 0)


def test_key_has_its_limit_in_every_process(http, settings):
    _, key = keys.create("shop", ["leads"], per_minute=2)
    row = keys.admit(key, "leads")
    fleet(settings).claim(Claim(f"key:{row.prefix}", 2))

    answer = http.post("/webhooks/leads", json={"n": 1}, headers={"X-API-Key": key})

    assert (answer.status_code, Delivery.objects.count()) == (429, 0)
    assert 0 < int(answer.headers["retry-after"]) <= 61


def test_address_has_its_limit_whatever_the_key(http, settings):
    settings.WEBHOOKS_PER_MINUTE = 3
    made = [keys.create(str(n), ["leads"])[1] for n in range(4)]

    answers = [http.post("/webhooks/leads", json={}, headers={"X-API-Key": key}) for key in made]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert "retry-after" in answers[3].headers


def test_guessing_is_slow_also_for_who_guesses_right(http, settings):
    settings.WEBHOOKS_WRONG_PER_MINUTE = 3
    _, key = keys.create("shop", ["leads"])
    guesses = ["swb_" + "x" * 43] * 5 + [key]

    answers = [http.post("/webhooks/leads", json={}, headers={"X-API-Key": one}) for one in guesses]

    assert [one.status_code for one in answers] == [401, 401, 401, 429, 429, 429]
    assert not Delivery.objects.exists()


def test_wrong_signatures_are_slowed_and_good_ones_are_not(post, settings):
    settings.WEBHOOKS_WRONG_PER_MINUTE, settings.WEBHOOKS_PER_MINUTE = 2, 2
    wrong = [post(STATUS, token="w" * 32, MessageSid="SM1").status_code for _ in range(4)]
    good = [post(STATUS, token=TOKEN, MessageSid=f"SM{n}").status_code for n in range(5)]

    assert (wrong, good) == ([403, 403, 429, 429], [200] * 5)


def test_who_is_counted():
    def client(**environ):
        return limits.client_of(environ)

    assert client(REMOTE_ADDR="198.51.100.7") == "198.51.100.7"
    assert client(REMOTE_ADDR="2001:db8::1") == client(REMOTE_ADDR="2001:db8::ffff:9")
    assert client(REMOTE_ADDR="2001:db8:0:1::1") != client(REMOTE_ADDR="2001:db8::1")
    assert client(REMOTE_ADDR="::ffff:198.51.100.7") == "198.51.100.7"
    assert client(REMOTE_ADDR="") == client(REMOTE_ADDR="x" * 9_000) == "unknown"
    assert client(REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR="10.0.0.1") == "198.51.100.7"


def test_behind_a_proxy_the_last_address_counts(settings):
    settings.BEHIND_PROXY = True
    told = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 198.51.100.7"}

    assert limits.client_of(told) == "198.51.100.7"
