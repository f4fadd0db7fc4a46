"""Ids that sort by time, and the moments that they tell."""

from datetime import UTC, datetime, timedelta

from integrations.ids import first_uuid7, moment_of, uuid7


def test_an_id_sorts_between_the_first_of_its_moment_and_of_the_next():
    before = datetime.now(UTC) - timedelta(milliseconds=1)

    made = uuid7()

    after = datetime.now(UTC) + timedelta(milliseconds=2)
    assert first_uuid7(before) < made < first_uuid7(after)
    assert before <= moment_of(made) <= after
    assert (made.version, first_uuid7(before).version) == (7, 7)
