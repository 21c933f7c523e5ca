"""Which packs are in review: of one that stays there, however often it changes, somebody is told once."""

from __future__ import annotations

from collections import OrderedDict

from gamedesk_chassis.events import Event


class Reviews:
    """What this process has heard. A pack that it has not heard of, or has forgotten among more than `kept`, is told
    of once more: rather twice than never."""

    def __init__(self, kept: int = 50_000) -> None:
        self._kept = kept
        self._packs: OrderedDict[str, None] = OrderedDict()

    def heed(self, event: Event) -> bool:
        """Learn from an event; returns whether it is the first that has its pack in review."""
        if not event.type.startswith("catalog.pack."):
            return False
        pack_id = str(event.data.get("pack_id"))
        was_known = pack_id in self._packs
        if event.data.get("state") != "review":
            self._packs.pop(pack_id, None)
            return False
        self._packs[pack_id] = None
        self._packs.move_to_end(pack_id)
        if len(self._packs) > self._kept:
            self._packs.popitem(last=False)
        return not was_known

    def forget(self) -> None:
        """Events may have been missed: a pack may have left review and come back."""
        self._packs.clear()
