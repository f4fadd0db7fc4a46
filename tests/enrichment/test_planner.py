from enrichment.planner import KNOWN, SWITCHED_OFF, Plan, Wanted, decide
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
