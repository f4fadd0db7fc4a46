"""The list of runs says of each how far it is, by its state."""

import pytest
from django.contrib import admin

from enrichment.models import Run

BAR = (
    '<span class="enr-bar"><progress class="imp-progress" max="2000" value="1500"'
    ' aria-label="Progress of &lt;b&gt;"></progress><span>1,500 of 2,000{}</span></span>'
)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "draft"}, '<span class="imp-quiet">being estimated</span>'),
        (
            {"state": "draft", "estimate": {"share": 0.256}},
            '<span class="imp-quiet">being estimated, 25 %</span>',
        ),
        (
            {"state": "ready", "estimate": {"contacts": 1234}},
            '<span class="imp-quiet">1,234 to look up</span>',
        ),
        ({"state": "ready"}, ""),
        ({"state": "cancelled"}, ""),
        ({"state": "working", "total_count": 2000, "done_count": 1500}, BAR.format("")),
        (
            {"state": "done", "total_count": 2000, "done_count": 1499, "failed_count": 1},
            BAR.format(", 1 failed"),
        ),
    ],
)
def test_cell_says_how_far(fields, said):
    office = admin.site.get_model_admin(Run)

    assert office.how_far(Run(name="<b>", **fields)) == said
