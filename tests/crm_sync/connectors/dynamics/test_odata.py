"""Values become OData in one place, whatever stands in them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest

from crm_sync.connector import CONTACT, Write
from crm_sync.connectors.dynamics import odata
from integrations.errors import QuestionRejected
from tests.crm_sync.connectors.dynamics.asking import person

CONNECTOR = Path(odata.__file__).parent
MEAN = (
    "o'neil@x.com", "a' or 1 eq 1", "''", "a&$top=1", "50% off", "a+b@x.com", "é你", "a/b?c#d",
    "x') or contains(emailaddress1,'", "%27 or 1 eq 1",
)  # fmt: skip


@pytest.mark.parametrize("value", MEAN)
def test_xr_72_a_literal_stays_one_literal(value):
    text = odata.encoded(value)

    assert unquote(text) == odata.literal(value)
    assert unquote(text)[1:-1].replace("''", "") == value.replace("'", "")
    assert not {"&", "#", "?", "/", " ", "+"} & {*text}


@pytest.mark.parametrize("value", MEAN)
def test_xr_72_foreign_text_finds_itself_and_nothing_else(dynamics, value):
    mine = dynamics.make(emailaddress1=value)
    dynamics.make(emailaddress1="other@example.test")
    dynamics.make(emailaddress1="x")

    found = dynamics.ask("find", CONTACT, [("emailaddress1", value)], ["emailaddress1"])

    assert [(one.id, one.values) for one in found] == [(mine, {"emailaddress1": value})]


@pytest.mark.parametrize("key", ["a/b", "<a>", "50%", "a&b", "a:b", "a?b", "a+b", "it's", "a b é"])
def test_keys_with_characters_that_addresses_may_not_have(dynamics, key):
    one = Write(key, person().values)

    assert dynamics.outcomes(one) == ["created"]
    assert dynamics.outcomes(one) == ["updated"]
    assert dynamics.row()["new_switchboardid"] == key


@pytest.mark.parametrize("name", ["a eq 1 or b", "a'b", "", "a,b", "a/b", "1a", "a)("])
def test_what_is_no_name_of_a_column_is_never_sent(dynamics, name):
    with pytest.raises(QuestionRejected, match="no name of a column"):
        dynamics.ask("find", CONTACT, [(name, "x")], [])
    with pytest.raises(QuestionRejected, match="no name of a column"):
        dynamics.ask("read", CONTACT, [str(uuid4())], [name] if name else ["a b"])

    assert dynamics.asked() == 0


def test_what_looks_alike_without_accents_is_left_out(dynamics):
    dynamics.make(emailaddress1="jose@example.test")
    assert dynamics.ask("find", CONTACT, [("emailaddress1", "josé@example.test")], []) == []


def test_xr_72_nothing_else_in_the_connector_puts_values_in_quotes():
    found = subprocess.run(
        ["grep", "-rnE", r"eq '\{|='\{", str(CONNECTOR)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    # The names of tables and of the key column, in addresses of metadata.
    assert all("LogicalName='{" in line for line in found)
    assert len(found) == 2
