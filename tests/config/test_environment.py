"""Variables are read as what they are meant to be, or refused by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Env

env = Env()


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("True", True), ("off", False), ("0", False), ("", None)]
)
def test_switches(monkeypatch, text, value):
    monkeypatch.setenv("SWITCHBOARD_SANDBOX", text)

    assert env.bool("SWITCHBOARD_SANDBOX", default=None) is value


def test_mistyped_switch_is_refused(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_SANDBOX", "ture")

    with pytest.raises(ImproperlyConfigured, match="SWITCHBOARD_SANDBOX is 'ture'"):
        env.bool("SWITCHBOARD_SANDBOX", default=None)


def test_numbers(monkeypatch):
    monkeypatch.setenv("N", "3")
    monkeypatch.setenv("BLANK", " ")

    assert (env.int("N", default=1), env.int("BLANK", default=1), env.int("NONE", default=1)) == (
        3,
        1,
        1,
    )


def test_number_that_is_none_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("SWITCHBOARD_WORKERS", "many")

    with pytest.raises(
        ImproperlyConfigured, match="SWITCHBOARD_WORKERS is 'many', which is no int"
    ):
        env.int("SWITCHBOARD_WORKERS", default=2)


def test_lists_and_texts_keep_their_defaults(monkeypatch):
    monkeypatch.setenv("HOSTS", "a.test,b.test")

    assert env.list("HOSTS", default=[]) == ["a.test", "b.test"]
    assert env.list("NONE", default=["x"]) == ["x"]
    assert env.str("NONE", default="") == ""
