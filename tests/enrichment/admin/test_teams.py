"""The form of a team: every field says what it is, also to who does not see it."""

import pytest

pytestmark = pytest.mark.django_db


def test_members_are_chosen_from_a_named_list(admin_client):
    html = admin_client.get("/admin/enrichment/team/add/").content.decode()

    select = html[html.index('name="members-0-user"') :].split(">")[0]
    assert 'aria-label="Member"' in select
