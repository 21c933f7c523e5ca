"""What GameDesk's tests share: the fixtures of `plugin`, and helpers to import."""

from gamedesk_testing.polling import eventually
from gamedesk_testing.tokens import Keys, make_keys

__all__ = ["Keys", "eventually", "make_keys"]
