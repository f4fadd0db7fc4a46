"""The form of a team: every field says what it is, also to who does not see it."""

import pytest
from django.contrib.auth.models import User

from enrichment.models import Team, TeamMember
from tests.dashboards.people import signed_in

pytestmark = pytest.mark.django_db


def test_members_are_chosen_from_a_named_list(admin_client):
    html = admin_client.get("/admin/enrichment/team/add/").content.decode()

    select = html[html.index('name="members-0-user"') :].split(">")[0]
    assert 'aria-label="Member"' in select


def test_a_reader_is_given_names_and_no_link_to_a_page_that_is_not_theirs():
    team = Team.objects.create(name="Field sales")
    TeamMember.objects.create(team=team, user=User.objects.create_user("ann"))

    reader = signed_in("enrichment.view_team", "enrichment.view_teammember")
    html = reader.get(f"/admin/enrichment/team/{team.pk}/change/").content.decode()

    assert "ann" in html
    assert "/admin/auth/user/" not in html
