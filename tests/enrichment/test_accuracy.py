"""What random recipes cost in the sandbox is what was estimated, and never above the maximum."""

import pytest

from tests.lab.accuracy import trials

ENOUGH = 0.15  # of four small runs together; a hundred larger ones are `make bench`


@pytest.mark.parametrize("seed", [1, 2])
def test_random_recipes_cost_what_was_estimated(runtime, seed):
    found = list(trials(runtime, 4, 100, seed=seed, seen=300))

    spent = sum(float(one.spent_usd) for one in found)
    expected = sum(float(one.expected_usd) for one in found)
    assert [one for one in found if one.spent_usd > one.max_usd] == []
    assert spent > 0
    assert abs(expected - spent) / spent <= ENOUGH, found
