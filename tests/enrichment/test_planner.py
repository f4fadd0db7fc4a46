"""What starts when: by what is known, what is held, and what was paid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.planner import KNOWN, SWITCHED_OFF, Held, Plan, Wanted, decide
from integrations.provider import FREE, Lookup, days


def lookup(name, needs=("phone",), supplies=()):
    return Lookup("p", name, name, frozenset(needs), frozenset(supplies), FREE, days(1))


CHEAP, DEAR = lookup("cheap", supplies={"email"}), lookup("dear", supplies={"email"})
NAME = lookup("name", supplies={"first_name"})
FINDER = lookup("finder", needs=("first_name", "company.domain"), supplies={"email"})
PHONE = {"phone": "+14155550100"}


def slugs(decision):
    return [found.slug for found in decision.start]


def test_a_waterfall_starts_with_its_first_step_only():
    plan = Plan((Wanted("email", 0.5, (CHEAP, DEAR)),))

    decision = decide(plan, PHONE, {}, ended=())

    assert slugs(decision) == ["p.cheap"]


def test_the_next_step_starts_when_the_first_ended_without_enough():
    plan = Plan((Wanted("email", 0.9, (CHEAP, DEAR)),))

    decision = decide(plan, PHONE, {"email": 0.5}, ended={"p.cheap"})

    assert slugs(decision) == ["p.dear"]


def test_a_sufficient_fact_ends_the_waterfall():
    plan = Plan((Wanted("email", 0.9, (CHEAP, DEAR)),))

    decision = decide(plan, PHONE, {"email": 0.9}, ended={"p.cheap"})

    assert slugs(decision) == []
    assert decision.skipped == {"p.dear": KNOWN}


def test_independent_fields_start_side_by_side():
    plan = Plan((Wanted("email", 0.5, (CHEAP,)), Wanted("first_name", 0.5, (NAME,))))

    decision = decide(plan, PHONE, {}, ended=())

    assert slugs(decision) == ["p.cheap", "p.name"]


def test_a_lookup_waits_for_what_another_may_supply():
    plan = Plan((Wanted("first_name", 0.5, (NAME,)), Wanted("email", 0.5, (FINDER, DEAR))))
    known = {**PHONE, "company.domain": "example.test"}

    before = decide(plan, known, {}, ended=())
    during = decide(plan, known, {}, ended=(), under_way={"p.name"})
    after = decide(plan, known | {"first_name": "Ann"}, {"first_name": 1.0}, ended={"p.name"})

    assert slugs(before) == ["p.name"]
    assert slugs(during) == []
    assert slugs(after) == ["p.finder"]


def test_a_lookup_whose_need_nobody_supplies_is_passed_over():
    plan = Plan((Wanted("email", 0.5, (FINDER, DEAR)),))

    decision = decide(plan, PHONE, {}, ended=())

    assert slugs(decision) == ["p.dear"]
    assert decision.skipped == {"p.finder": "needs company.domain, first_name"}


def test_a_lookup_that_is_switched_off_is_passed_over():
    plan = Plan((Wanted("email", 0.5, (CHEAP, DEAR)),), frozenset({"p.cheap"}))

    decision = decide(plan, PHONE, {}, ended=())

    assert slugs(decision) == ["p.dear"]
    assert decision.skipped == {"p.cheap": SWITCHED_OFF}


def test_one_lookup_for_two_fields_starts_once():
    plan = Plan((Wanted("email", 0.5, (CHEAP,)), Wanted("first_name", 0.5, (CHEAP,))))

    decision = decide(plan, PHONE, {}, ended=())

    assert slugs(decision) == ["p.cheap"]
    assert decision.skipped == {}


OTHER = Lookup("q", "other", "other", frozenset({"phone"}), frozenset({"email"}), FREE, days(1))


def test_a_need_that_a_later_field_supplies_is_waited_for():
    plan = Plan((Wanted("email", 0.5, (FINDER, DEAR)), Wanted("first_name", 0.5, (NAME,))))

    decision = decide(plan, {**PHONE, "company.domain": "example.test"}, {}, ended=())

    assert slugs(decision) == ["p.name"]


def test_a_slow_lookup_that_supplies_nothing_needed_is_not_waited_for():
    plan = Plan((Wanted("line_type", 0.5, (NAME,)), Wanted("email", 0.5, (FINDER, DEAR))))

    decision = decide(plan, PHONE, {}, ended=(), under_way={"p.name"})

    assert slugs(decision) == ["p.dear"]


@pytest.mark.parametrize(
    ("known", "started", "why"),
    [
        ({"line_type": "mobile"}, ["p.cheap"], None),
        ({"line_type": "landline"}, ["p.dear"], "the line is not known to be mobile"),
        ({}, ["p.dear"], "the line is not known to be mobile"),
    ],
)
def test_a_condition_decides_whether_a_step_is_asked(known, started, why):
    wanted = Wanted("email", 0.5, (CHEAP, DEAR), conditions={"p.cheap": "mobile"})

    decision = decide(Plan((wanted,)), PHONE | known, {}, ended=())

    assert slugs(decision) == started
    assert decision.skipped.get("p.cheap") == why


def test_what_a_condition_looks_at_is_waited_for_while_it_may_come():
    line = lookup("line", supplies={"line_type"})
    wanted = Wanted("email", 0.5, (CHEAP, DEAR), conditions={"p.cheap": "mobile"})
    plan = Plan((wanted, Wanted("line_type", 0.5, (line,))))

    assert slugs(decide(plan, PHONE, {}, ended=())) == ["p.line"]
    assert slugs(decide(plan, PHONE, {}, ended=(), under_way={"p.line"})) == []


def test_a_step_beside_another_starts_with_it():
    plan = Plan((Wanted("email", 0.9, (CHEAP, DEAR, OTHER), beside=frozenset({"p.dear"})),))

    assert slugs(decide(plan, PHONE, {}, ended=())) == ["p.cheap", "p.dear"]
    assert slugs(decide(plan, PHONE, {}, ended={"p.cheap"}, under_way={"p.dear"})) == []
    assert slugs(decide(plan, PHONE, {}, ended={"p.cheap", "p.dear"})) == ["q.other"]


def test_a_lookup_that_would_pass_the_cap_is_skipped():
    prices = {"p.cheap": Decimal("0.10"), "p.dear": Decimal("0.50")}
    plan = Plan((Wanted("email", 0.9, (CHEAP, DEAR)),), prices=prices, cap_usd=Decimal("0.55"))

    decision = decide(plan, PHONE, {}, ended={"p.cheap"}, paid_usd=Decimal("0.10"))

    assert slugs(decision) == []
    assert decision.skipped == {"p.dear": "would pass the cap of $0.55 per contact"}


def test_what_is_under_way_counts_toward_the_cap():
    prices = {"p.cheap": Decimal("0.30"), "p.name": Decimal("0.30")}
    wanted = (Wanted("email", 0.9, (CHEAP,)), Wanted("first_name", 0.9, (NAME,)))
    plan = Plan(wanted, prices=prices, cap_usd=Decimal("0.50"))

    assert slugs(decide(plan, PHONE, {}, ended=())) == ["p.cheap"]


def test_a_closed_provider_is_passed_over_while_another_can_answer():
    plan = Plan((Wanted("email", 0.9, (CHEAP, OTHER)),))
    closed = {"p": "CircuitOpen: P is failing"}

    first = decide(plan, PHONE, {}, ended=(), closed=closed)
    done = decide(plan, PHONE, {"email": 0.9}, ended={"q.other"}, closed=closed)
    missed = decide(plan, PHONE, {}, ended={"q.other"}, closed=closed)

    assert (slugs(first), first.held) == (["q.other"], {})
    assert (slugs(done), done.held, done.skipped) == ([], {}, {"p.cheap": closed["p"]})
    assert (slugs(missed), missed.held) == ([], {"p.cheap": Held("p", is_only=False)})


def test_a_closed_provider_without_an_alternative_is_held():
    plan = Plan((Wanted("email", 0.9, (CHEAP, DEAR)),))

    decision = decide(plan, PHONE, {}, ended=(), closed={"p": "no key"})

    assert slugs(decision) == []
    assert decision.held == {
        "p.cheap": Held("p", is_only=True),
        "p.dear": Held("p", is_only=True),
    }


def test_a_closed_provider_that_would_not_be_asked_holds_nobody():
    plan = Plan((Wanted("email", 0.9, (FINDER,)),))

    decision = decide(plan, PHONE, {}, ended=(), closed={"p": "no key"})

    assert (slugs(decision), decision.held) == ([], {})


@given(data=st.data())
def test_every_plan_comes_to_an_end(data):
    steps = data.draw(st.lists(st.sampled_from([CHEAP, DEAR, NAME, FINDER, OTHER]), unique=True))
    fields = ["email", "first_name", "line_type"]
    plan = Plan(
        tuple(Wanted(name, 0.9, tuple(data.draw(st.permutations(steps)))) for name in fields)
    )
    known, ended = dict(PHONE), set()
    for _ in range(10):
        decision = decide(plan, known, {}, ended)
        if not decision.start:
            break
        ended |= {one.slug for one in decision.start}
        for one in decision.start:
            if data.draw(st.booleans()):
                known |= dict.fromkeys(one.supplies, "known")

    assert not decide(plan, known, {}, ended).start
    assert ended | decide(plan, known, {}, ended).skipped.keys() == {one.slug for one in steps}
