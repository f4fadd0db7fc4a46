"""What keeps a message to people, over Slack or by e-mail, from being delivered."""

from __future__ import annotations


class NotDelivered(Exception):
    """The message did not go out; its words say why and what to do, and hold no secret.

    `is_final` when trying again would change nothing.
    """

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final
