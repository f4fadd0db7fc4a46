"""Templates: faults are found before anything is sent, and nothing is sent half said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Company, Contact
from outreach.words import PLACEHOLDERS, Rendered, check, render, values_of


def words(body: str, **fallbacks: str) -> list[str]:
    return [problem.words for problem in check(body, fallbacks)]


@pytest.mark.parametrize(
    "body",
    [
        "Hi",
        "Hi {{ first_name }}",
        "Hi {{first_name|there}}, {{ company | your company }}",
        "{{ company }}",
        "Save {50%}, see {this}",
        "One\nTwo",
    ],
)
def test_sound_templates_have_no_problem(body):
    assert check(body, {"city": "your town"}) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "The text is empty"),
        (" \n ", "The text is empty"),
        ("Hi {{ firstname }}", "Did you mean “first_name”?"),
        ("Hi {{ business_name }}", "Did you mean “company”?"),
        ("Hi {{ xyz }}", "There are first_name, last_name"),
        ("Hi {{ First_Name }}", "Did you mean “first_name”?"),
        ("Hi {{ first name }}", "is no placeholder"),
        ("Hi {{ first_name | a | b }}", "is no placeholder"),
        ("Hi {{ }}", "is no placeholder"),
        ("Hi {{ contact.__class__ }}", "is no placeholder"),
        ("Hi {first_name}", "needs two braces"),
        ("Hi {{ first_name", "opens or ends no placeholder"),
        ("Hi first_name }}", "opens or ends no placeholder"),
        ("a" * 1601, "1,601 characters"),
        ("Hi\x00", "Character 0000"),
        ("Hi\x1b[0m", "Character 001B"),
    ],
)
def test_each_fault_is_told(body, said):
    (found,) = words(body)

    assert said in found


def test_fallbacks_are_looked_at_too():
    assert words("Hi", nickname="you", city="{{ state }}") == [
        f"The fallback of “nickname” is unknown. There are {', '.join(PLACEHOLDERS)}.",
        "The fallback of “city” holds a brace: write plain words.",
    ]


def test_problems_come_in_the_order_of_the_text():
    body = "{{ b }} {city} {{ a }} }}"

    assert [problem.at for problem in check(body, {})] == [0, 8, 15, 23]


def test_a_value_else_the_words_behind_it_else_the_templates_own():
    body = "{{ first_name | there }}, {{ city | here }}, {{ company }}"
    values = {"first_name": "Ann", "city": " ", "company": ""}

    assert render(body, {"city": "x", "company": "your firm"}, values) == Rendered(
        "Ann, here, your firm"
    )


def test_with_something_missing_there_is_no_text():
    body = "{{ first_name }} {{ city }} {{ city }} {{ state | }} {{ nonsense }}"

    assert render(body, {"city": "  "}, {"first_name": "Ann"}) == Rendered(
        "", ("city", "state", "nonsense")
    )


def test_a_name_that_looks_like_a_template_is_only_a_name():
    values = {"first_name": "{{ email }}", "email": "ann@acme.test"}

    assert render("Hi {{ first_name }}", {}, values).text == "Hi {{ email }}"


def test_values_are_of_one_line_and_run_one_way():
    values = {"first_name": "Ann\r\n\x00 Lee\u202e\u2028x"}

    assert render("Hi {{ first_name }}.", {}, values).text == "Hi Ann Lee x."


def test_a_text_that_values_made_too_long_is_told():
    assert render("{{ company }}" * 10, {}, {"company": "a" * 161}).is_too_long


@given(st.text(max_size=200), st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_no_text_breaks_it(body, values):
    check(body, values)

    rendered = render(body, values, values)

    assert not (rendered.missing and rendered.text)


@pytest.mark.django_db
def test_every_placeholder_reads_a_contact(django_assert_num_queries):
    company = Company.objects.create(name="Acme", domain="acme.test", industry="Pipes")
    contact = Contact(phone_e164="+14155550100", first_name="Ann", city="Reno", company=company)

    with django_assert_num_queries(0):
        values = values_of(contact)

    assert set(values) == set(PLACEHOLDERS)
    assert {name: value for name, value in values.items() if value} == {
        "first_name": "Ann", "phone": "+14155550100", "city": "Reno", "company": "Acme",
        "company_industry": "Pipes", "company_website": "acme.test",
    }  # fmt: skip
    assert values_of(Contact(phone_e164="+14155550100"))["company"] == ""
