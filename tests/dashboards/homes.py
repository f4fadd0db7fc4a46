"""The home page as a person sees it."""

from enrichment.models import Recipe, Run

ALL = (
    "dashboards.view_home", "contacts.view_contact", "contacts.view_import",
    "enrichment.view_run", "enrichment.view_answer", "integrations.view_apicall",
    "integrations.view_account", "dashboards.view_queues", "dashboards.view_circuits",
)  # fmt: skip
HOME = "/admin/"
LIVE = "/admin/home/live/"


def figures(client, address=HOME):
    response = client.get(address)
    assert response.status_code == 200
    return response.context["home"]


def run(state, **fields):
    recipe = Recipe.objects.get_or_create(slug="r", name="R")[0]
    return Run.objects.create(recipe=recipe, state=state, name=f"A {state} run", **fields)
