"""What an operator can get wrong about webhooks."""

import pytest

from webhooks import checks


@pytest.mark.parametrize("name", checks.POSITIVE)
def test_a_limit_of_nothing_is_told(settings, name):
    setattr(settings, name, 0)

    (found,) = checks.limits_let_somebody_in(None)

    assert (found.id, found.msg) == ("webhooks.E001", f"SWITCHBOARD_{name} is 0.")


def test_the_limits_as_they_come_are_right():
    assert checks.limits_let_somebody_in(None) == []
