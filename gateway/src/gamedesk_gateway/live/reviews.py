"""Which packs are in review: of one that stays there, however often it changes, somebody is told once."""

from __future__ import annotations

from collections import OrderedDict

from gamedesk_chassis.events import Event


class Reviews:
    """The version of each pack in review that this process has heard of last.

    Where versions are missing between two, it may have left and come back meanwhile: it is told of once more, and so is
    a pack that was never heard of, or is forgotten among more than `kept`. Rather twice than never.
    """

    def __init__(self, kept: int = 50_000) -> None:
        self._kept = kept
        self._packs: OrderedDict[str, int] = OrderedDict()

    def heed(self, event: Event) -> bool:
        """Learn from an event; returns whether by all that is known its pack has come to review."""
        if not event.type.startswith("catalog.pack."):
            return False
        pack_id = str(event.data.get("pack_id"))
        known = self._packs.get(pack_id)
        if event.data.get("state") != "review":
            self._packs.pop(pack_id, None)
            return False
        version = event.aggregateversion
        self._packs[pack_id] = max(version, known or version)
        self._packs.move_to_end(pack_id)
        if len(self._packs) > self._kept:
            self._packs.popitem(last=False)
        return known is None or version > known + 1
