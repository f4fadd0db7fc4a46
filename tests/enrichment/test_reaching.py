"""Which lookups of a recipe can be asked at all, and which wait in circles."""

from enrichment.reaching import reached, waiting_in_circles
from tests.enrichment.test_planner import lookup

FIRST = lookup("first", {"phone"}, {"carrier_name"})
A = lookup("a", {"latitude"}, {"city", "longitude"})
B = lookup("b", {"longitude"}, {"latitude"})
AFTER = lookup("after", {"city", "carrier_name"}, {"email"})


def test_lookups_are_reached_in_the_order_they_are_unlocked():
    last = lookup("last", {"carrier_name"}, {"line_type"})

    assert reached([last, FIRST]) == [FIRST, last]


def test_two_that_need_only_each_other_wait_in_circles():
    assert waiting_in_circles(A, [A, B, FIRST]) == [B]
    assert waiting_in_circles(B, [A, B, FIRST]) == [A]
    assert waiting_in_circles(FIRST, [A, B, FIRST]) == []


def test_one_more_supplier_breaks_the_circle():
    way_out = lookup("way_out", {"phone"}, {"latitude"})

    assert waiting_in_circles(A, [A, B, way_out]) == []


def test_need_that_a_file_may_bring_is_no_circle():
    assert waiting_in_circles(AFTER, [AFTER, FIRST]) == []


def test_lookup_behind_a_circle_waits_as_well():
    behind = lookup("behind", {"longitude"}, {"email"})

    assert waiting_in_circles(behind, [A, B, behind]) == [A]
