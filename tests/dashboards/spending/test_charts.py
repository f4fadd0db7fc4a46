"""Charts of spend: what stands beside a bar says where it was cut."""

import json

import pytest

from dashboards.spending.charts import of_rows
from dashboards.spending.sums import Sum


@pytest.mark.parametrize(
    ("label", "shown"),
    [("Twilio Lookup: Line type", "Twilio Lookup: Line type"),
     ("Twilio Lookup: SMS pumping risk", "Twilio Lookup: SMS pump…")],
)  # fmt: skip
def test_a_label_that_is_cut_says_so(label, shown):
    chart = of_rows([Sum("1", None)], [label])

    assert json.loads(chart["data"])["labels"] == [shown]
