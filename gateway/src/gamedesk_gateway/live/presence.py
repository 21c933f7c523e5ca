"""Who else has a player open: every gateway tells the others about its own pages, and forgets what nobody repeats."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from gamedesk_chassis.ids import new_id

SUBJECT = "presence."
FORGET_SECONDS = 45.0


class Presence:
    """`publish(player_id, data)` tells the other gateways; `changed(player_id, agent_ids)` this one's pages."""

    def __init__(
        self, publish: Callable[[str, dict[str, Any]], None], changed: Callable[[str, list[str]], None]
    ) -> None:
        self._publish, self._changed = publish, changed
        self._gateway = str(new_id())
        self._own: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._others: defaultdict[str, dict[str, tuple[float, frozenset[str]]]] = defaultdict(dict)

    def agents(self, player_id: str) -> list[str]:
        """The agents who have a player open, at any gateway."""
        found = set(self._own[player_id]) if player_id in self._own else set()
        for _, agents in self._others.get(player_id, {}).values():
            found |= agents
        return sorted(found)

    def opened(self, agent_id: str, players: Iterable[str]) -> None:
        for player_id in players:
            self._own[player_id][agent_id] += 1
            if self._own[player_id][agent_id] == 1:
                self._tell(player_id)

    def closed(self, agent_id: str, players: Iterable[str]) -> None:
        for player_id in players:
            own = self._own[player_id]
            own[agent_id] -= 1
            if own[agent_id] <= 0:
                del own[agent_id]
                self._tell(player_id)
            if not own:
                del self._own[player_id]

    def heard(self, player_id: str, data: Any) -> None:
        """What another gateway says; what this one said comes back too and is passed over."""
        try:
            gateway, agents = str(data["gateway"]), frozenset(map(str, data["agents"]))
        except (KeyError, TypeError):
            return
        if gateway == self._gateway:
            return
        before = self.agents(player_id)
        if agents:
            self._others[player_id][gateway] = (time.monotonic() + FORGET_SECONDS, agents)
        else:
            self._others[player_id].pop(gateway, None)
        self._settle(player_id, before)

    def repeat(self) -> None:
        """Tell the others again what this gateway's pages have open."""
        for player_id, agents in self._own.items():
            self._publish(player_id, {"gateway": self._gateway, "agents": sorted(agents)})

    def forget(self) -> None:
        """Drop what no gateway has repeated for 45 s."""
        now = time.monotonic()
        for player_id, by_gateway in list(self._others.items()):
            before = self.agents(player_id)
            for gateway in [gateway for gateway, (until, _) in by_gateway.items() if until < now]:
                del by_gateway[gateway]
            self._settle(player_id, before)

    def _settle(self, player_id: str, before: list[str]) -> None:
        if not self._others[player_id]:
            del self._others[player_id]
        after = self.agents(player_id)
        if after != before:
            self._changed(player_id, after)

    def _tell(self, player_id: str) -> None:
        own = sorted(self._own[player_id])
        self._publish(player_id, {"gateway": self._gateway, "agents": own})
        self._changed(player_id, self.agents(player_id))
