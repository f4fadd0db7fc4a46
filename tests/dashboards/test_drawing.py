"""Lists that are looked at are drawn at once, cell for cell as django-unfold draws them."""

import pytest
from django.urls import reverse
from unfold.templatetags.unfold_list import items_for_result

from contacts.models import Export, ExportDownload, Import
from contacts.templatetags.looked_at import looked_at
from enrichment.models import LeadScore, Recipe, Run, RunItem
from tests.dashboards.rows import EVIL, people, work

MODELS = (Import, Export, ExportDownload, Run, RunItem, Recipe, LeadScore)

pytestmark = pytest.mark.django_db


def squeezed(html):
    return "".join(html.split()).replace("</span></div>", "</span></span>")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_cells_are_those_of_django_unfold(admin_client, model):
    people(0, 3)
    work(0, 3)
    export = Export.objects.create(described=EVIL, columns=["email"], format="csv", size_bytes=9)
    ExportDownload.objects.create(export=export, username=EVIL, what=EVIL)
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    response = admin_client.get(page, {"q": ""})

    cl = response.context["cl"]
    theirs = ["".join(items_for_result(cl, row, None)) for row in cl.result_list]
    ours = looked_at(response.context, cl)["rows"]
    assert [squeezed(row) for row in ours] == [squeezed(row) for row in theirs] != []
