"""Times counted in classes: percentiles are near those of the times themselves."""

import statistics

from hypothesis import given
from hypothesis import strategies as st

from integrations.latency import CLASSES, added, counted, percentile

TIMES = st.lists(st.integers(12, 60_000), min_size=1, max_size=300)


def test_of_nothing_there_is_no_percentile():
    assert percentile(counted([]), 0.5) is None
    assert percentile([], 0.95) is None


def test_longer_than_all_classes_is_the_longest():
    assert percentile(counted([600_000]), 0.5) == 65_020


@given(TIMES)
def test_a_percentile_lies_within_a_class_of_the_real_one(times):
    real = statistics.median_low(times)

    assert real / 1.27 - 1 <= percentile(counted(times), 0.5) <= real * 1.27 + 1


@given(TIMES, TIMES)
def test_counts_add_up(some, others):
    both = added([counted(some), [], counted(others)])

    assert both == counted([*some, *others])
    assert (len(both), sum(both)) == (CLASSES, len(some) + len(others))
