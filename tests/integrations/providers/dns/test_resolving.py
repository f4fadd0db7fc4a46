"""Present, absent or unknown, and a text out of its quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import ContractBroken
from integrations.providers.dns.resolving import UNKNOWN, Records, records, text_of
from integrations.reading import Reader

READ = Reader("DNS")


def answer(status, *rows, **more):
    return {
        "Status": status,
        "Answer": [{"type": kind, "data": data} for kind, data in rows],
        **more,
    }


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (answer(0, (16, '"v=spf1 -all"')), Records(("v=spf1 -all",))),
        (answer(0, (5, "other.test."), (16, "bare text")), Records(("bare text",))),
        (answer(0), Records()),
        (answer(3), Records()),
        ({"Status": 0}, Records()),
        (answer(2), UNKNOWN),
        (answer(5), UNKNOWN),
        (answer(0, (16, '"cut"'), TC=True), UNKNOWN),
    ],
)
def test_a_record_is_present_absent_or_unknown(body, wanted):
    assert records(body, "TXT", READ) == wanted


@pytest.mark.parametrize("body", [[], "x", {}, {"Status": "0"}, {"Status": 0, "Answer": [1]}])
def test_another_shape_is_a_broken_contract(body):
    with pytest.raises(ContractBroken):
        records(body, "TXT", READ)


def test_the_parts_of_a_text_are_put_together():
    assert text_of('"v=spf1 ip4:192.0.2.1" " -all"') == "v=spf1 ip4:192.0.2.1 -all"
    assert text_of(r'"say \"hi\" \065"') == 'say "hi" A'


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300), st.integers(1, 9))
def test_a_quoted_text_comes_out_as_it_went_in(text, size):
    parts = [text[at : at + size] for at in range(0, len(text), size)] or [""]
    quoted = " ".join('"' + p.replace("\\", r"\\").replace('"', r"\"") + '"' for p in parts)

    assert text_of(quoted) == text


@given(st.text())
def test_no_text_breaks_the_reading(data):
    text_of(data)
