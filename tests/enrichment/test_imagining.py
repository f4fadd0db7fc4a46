"""A recipe is played over imagined contacts: who is asked after whom, and for how much."""

from dataclasses import replace
from decimal import Decimal

from enrichment.imagining import Cost, at_hand, cost, waves
from enrichment.picturing import picture
from enrichment.planner import Plan, Wanted
from integrations.provider import Price
from tests.enrichment.test_planner import CHEAP, DEAR, FINDER, NAME, lookup

ALL = {"cheap": Price(Decimal("0.01")), "dear": Price(Decimal("0.20")),
       "finder": Price(Decimal("0.03"), on_hit_only=True), "name": Price(Decimal(0))}  # fmt: skip
PRICES = {f"p.{name}": price for name, price in ALL.items()}
EMAIL = Plan((Wanted("email", 0.8, (CHEAP, DEAR)),))


def test_second_lookup_is_paid_as_often_as_the_first_misses():
    whole, per_field = cost(EMAIL, PRICES, {"p.cheap": 0.75}, 0.7)

    assert (whole.least_usd, whole.most_usd) == (Decimal("0.01"), Decimal("0.21"))
    assert Decimal("0.05") < whole.expected_usd < Decimal("0.07")
    assert per_field == {"email": whole}


def test_certain_hit_and_certain_miss_cost_exactly_that():
    assert cost(EMAIL, PRICES, {"p.cheap": 1.0}, 0.7)[0].expected_usd == Decimal("0.01")
    assert cost(EMAIL, PRICES, {"p.cheap": 0.0}, 0.7)[0].expected_usd == Decimal("0.21")


def test_price_by_the_hit_is_nothing_at_the_least():
    plan = Plan((Wanted("email", 0.8, (FINDER,)),))

    assert cost(plan, PRICES, {}, 1.0)[0] == Cost(Decimal(0), Decimal("0.03"), Decimal("0.03"))


def test_cap_per_contact_bounds_every_figure():
    plan = replace(EMAIL, prices={"p.cheap": Decimal("0.01"), "p.dear": Decimal("0.20")},
                   cap_usd=Decimal("0.1"))  # fmt: skip

    whole, _ = cost(plan, PRICES, {}, 0.0)

    assert whole == Cost(Decimal("0.01"), Decimal("0.01"), Decimal("0.1"))


def test_switched_off_lookup_costs_nothing_and_is_never_asked():
    plan = replace(EMAIL, switched_off=frozenset({"p.dear"}))

    assert cost(plan, PRICES, {}, 0.0)[0].most_usd == Decimal("0.01")
    assert waves(plan, PRICES) == ((CHEAP,),)


def test_contact_brings_what_no_lookup_of_the_recipe_supplies():
    plan = Plan((Wanted("first_name", 0.5, (NAME,)), Wanted("email", 0.8, (FINDER,))))

    assert at_hand(plan) == ["phone", "company.domain"]
    assert waves(plan, PRICES) == ((NAME,), (FINDER,))


def test_two_that_supply_each_others_needs_start_from_what_is_brought():
    there = lookup("there", ("email",), {"company.domain"})
    back = lookup("back", ("company.domain",), {"email"})
    plan = Plan((Wanted("email", 0.5, (back,)), Wanted("company.domain", 0.5, (there,))))

    brought = at_hand(plan)

    assert set(brought) & {"email", "company.domain"}
    assert [one.slug for one in sum(waves(plan, dict.fromkeys(("p.there", "p.back"), PRICES[
        "p.name"])), ())]  # fmt: skip


def test_picture_leads_from_hand_over_lookups_to_fields():
    plan = Plan((Wanted("first_name", 0.5, (NAME,)),
                 Wanted("email", 0.8, (CHEAP, FINDER), {"p.finder": "business"})))  # fmt: skip

    drawn = picture(plan, at_hand(plan), waves(plan, PRICES), PRICES)

    ways = {(edge.start.name, edge.end.name, edge.is_next) for edge in drawn.edges}
    assert ways == {
        ("phone", "p.name", False), ("phone", "p.cheap", False),
        ("p.name", "p.finder", False), ("company.domain", "p.finder", False),
        ("p.cheap", "p.finder", True),
        ("p.name", "first_name", False), ("p.cheap", "email", False), ("p.finder", "email", False),
    }  # fmt: skip
    assert {box.name: box.only for box in drawn.boxes if box.only} == {
        "p.finder": "only of businesses"
    }
    assert drawn.never == []
