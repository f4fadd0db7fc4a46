"""What a field's card tells."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from enrichment.cards import BY_PEOPLE, cards
from enrichment.models import Answer
from integrations.ids import uuid7
from tests.enrichment.conftest import contact

AT = "2026-01-01T00:00:00+00:00"


def test_a_card_tells_value_source_price_and_age(db, django_assert_num_queries):
    expires_at = datetime.now(UTC) + timedelta(days=30)
    answer = Answer.objects.create(
        id=uuid7(), question_key=uuid7(), lookup="hunter.find_email", request_id=uuid7(),
        outcome="hit", price_usd=Decimal("0.034"), observed_at=AT, expires_at=expires_at,
    )  # fmt: skip
    also = [
        {"by": "apollo.match_person", "at": AT, "sure": 0.5},
        {"by": "file:3", "at": AT, "sure": 0.4, "v": "old@acme.test"},
    ]
    kept = {"by": answer.lookup, "at": AT, "sure": 0.6, "answer": str(answer.pk), "also": also}
    one = contact(email="ann@acme.test", provenance={"email": kept})

    with django_assert_num_queries(1):
        (card,) = [card for card in cards(one) if card.field == "email"]

    assert (card.value, card.source, card.sure) == ("ann@acme.test", "hunter.find_email", 0.8)
    assert (card.cost_usd, card.stale_at, card.is_stale) == (
        Decimal("0.034"), expires_at, False,
    )  # fmt: skip
    assert [one.source for one in card.agreeing] == ["apollo.match_person"]
    assert [(one.source, one.value) for one in card.others] == [("file:3", "old@acme.test")]
    assert card.overwritten_by == (
        "A person, a later word of hunter.find_email, and who is surer than 80 %."
    )


def test_a_persons_word_is_only_a_persons_to_change(db):
    said = {"by": "person:ann", "at": AT, "sure": 1.0}
    one = contact(city="Oslo", provenance={"city": said})

    (card,) = cards(one, ["city", "state"])

    assert (card.source, card.cost_usd, card.overwritten_by) == ("person:ann", None, BY_PEOPLE)
