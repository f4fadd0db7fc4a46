"""The back office of answers: held questions are let go of by who may."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from enrichment.models import Answer

pytestmark = pytest.mark.django_db


def answer(outcome):
    now = timezone.now()
    return Answer.objects.create(
        id=uuid4(), question_key=uuid4(), lookup="twilio.sim_swap", request_id=uuid4(),
        outcome=outcome, observed_at=now, expires_at=now,
    )  # fmt: skip


def let_go(client, *answers):
    form = {"action": "let_go", "_selected_action": [str(one.pk) for one in answers]}
    return client.post(reverse("admin:enrichment_answer_changelist"), form, follow=True)


def test_let_go_releases_only_what_is_held(admin_client):
    held, known = answer("unknown"), answer("hit")

    response = let_go(admin_client, held, known)

    assert "1 held questions may be asked again." in response.content.decode()
    assert list(Answer.objects.all()) == [known]


def test_let_go_needs_the_permission(client, django_user_model):
    user = django_user_model.objects.create_user("bo", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_answer"))
    client.force_login(user)

    let_go(client, answer("unknown"))

    assert Answer.objects.count() == 1
