"""What handlers refuse, in words for the person who asked."""


class Refused(Exception):
    """An expected refusal. `text` is what the asker is told (Chinese)."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
