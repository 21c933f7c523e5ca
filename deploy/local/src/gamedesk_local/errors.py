"""The error that the command shows to a person."""


class LocalError(Exception):
    """Something a person has to act on: a clear sentence, and the way out.

    Args:
        sentence: what is wrong.
        way_out: what to type or change; empty when the sentence says it all.
    """

    def __init__(self, sentence: str, way_out: str = "") -> None:
        super().__init__(f"{sentence}\n{way_out}" if way_out else sentence)
        self.sentence = sentence
        self.way_out = way_out


class SettingsRefused(LocalError):
    """A process does not start with the settings that it was given."""

    def __init__(self, process: str, said: str, log: object) -> None:
        super().__init__(f"{process} refuses its settings:\n{said}", f"Its log: {log}")
        self.process = process


class CommandFailed(LocalError):
    """A one-shot command ended with `exit_code`."""

    def __init__(self, sentence: str, way_out: str, exit_code: int) -> None:
        super().__init__(sentence, way_out)
        self.exit_code = exit_code
