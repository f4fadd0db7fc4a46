"""Runs of two recipes and a team, in the sandbox."""

import pytest

from enrichment.models import Recipe, Run, Team


@pytest.fixture
def team(db):
    return Team.objects.create(name="Sales")


@pytest.fixture
def runs(db, team):
    """Two runs of one recipe, the first of them a team's, and one of another recipe."""
    phone = Recipe.objects.get_or_create(slug="phone", defaults={"name": "Phone"})[0]
    mail = Recipe.objects.create(slug="mail", name="Mail")
    return [
        Run.objects.create(recipe=phone, name="Autumn", team=team, is_sandbox=True),
        Run.objects.create(recipe=phone, name="Winter", is_sandbox=True),
        Run.objects.create(recipe=mail, name="Spring", is_sandbox=True),
    ]
