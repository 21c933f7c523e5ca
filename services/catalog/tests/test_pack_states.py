"""Any order of what may happen to a pack leaves it in a state that a plain model foretells: R23, I1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from .conftest import AGENTS, Game, price

MOST = {"agent": 3000, "lead": 5000, "admin": 7000}
LOWEST = {"agent": 500, "lead": 300, "admin": 1}
DISCOUNTS = st.sampled_from([3000, 4000, 6000, 8000])
MAKERS = st.sampled_from(["KF003", "KF002"])
DECIDERS = st.sampled_from(["KF002", "KF001"])


class PackStates(RuleBasedStateMachine):
    """One pack of one item; `state`, `carried_by` and `hands` are what the model foretells."""

    as_agent: ClassVar[Callable[[str], ApiClient]]
    new_pack: ClassVar[Callable[..., dict[str, Any]]]
    game: ClassVar[Game]
    database: ClassVar[Database]
    item_version: ClassVar[int] = 1
    item_price: ClassVar[int] = 1000

    @initialize(draft=st.booleans(), discount=st.sampled_from([0, 3000, 4000, 6000]))
    def make(self, draft: bool, discount: int) -> None:
        self.state, self.discount, self.carried_by, self.hands = "draft", discount, "", {"KF003"}
        if not draft and not self._judged("KF003"):
            draft = True
        self.code = type(self).new_pack({"XIYOU-1": 1}, discount, "KF003", draft=draft)["code"]

    @rule(new=st.sampled_from([450, 600, 1000, 1300]))
    def push(self, new: int) -> None:
        machine = type(self)
        machine.item_version += 1
        machine.item_price = new
        assert machine.game.fates(price("XIYOU-1", new, machine.item_version))[0] in ("applied", "unchanged")
        if self.state == "active" and not self._allows(self.carried_by):
            self.state = "review"

    @rule(by=MAKERS, discount=DISCOUNTS)
    def edit(self, by: str, discount: int) -> None:
        before = self.discount
        self.discount = discount
        possible = self.state != "retired"
        if possible and self.state != "draft" and (discount != before or self.state == "review"):
            possible = self._judged(by)
        answer = self._act("patch", by, "", {"discount_bp": discount})
        assert answer.status_code == (200 if possible else 422), answer.text
        if possible:
            self.hands.add(by)
        else:
            self.discount = before

    @rule(by=MAKERS)
    def submit(self, by: str) -> None:
        possible = self.state == "draft" and self._judged(by)
        assert self._act("post", by, "/submit").status_code == (200 if possible else 422)

    @rule(by=DECIDERS)
    def approve(self, by: str) -> None:
        possible = self._may_decide(by) and self._allows(AGENTS[by])
        assert self._act("post", by, "/approve").status_code == (200 if possible else 422)
        if possible:
            self.state, self.carried_by = "active", AGENTS[by]

    @rule(by=DECIDERS)
    def reject(self, by: str) -> None:
        possible = self._may_decide(by)
        assert self._act("post", by, "/reject", {"reason": "x"}).status_code == (200 if possible else 422)
        if possible:
            self.state = "draft"

    @rule(by=MAKERS, sure=st.integers(0, 5))
    def retire(self, by: str, sure: int) -> None:
        if sure == 0:
            assert self._act("post", by, "/retire").status_code == (422 if self.state == "retired" else 200)
            self.state = "retired"

    @invariant()
    def as_foretold(self) -> None:
        if not hasattr(self, "code"):
            return
        pack = self._pack()
        assert (pack["state"], pack["discount_bp"]) == (self.state, self.discount)
        if self.state != "retired":
            assert pack["price_fen"] == self._price()
        if self.state == "active":
            assert self._allows(self.carried_by)
            assert pack["price_fen"] >= pack["floor_fen"]
        assert (pack["review_reason"] is not None) == (self.state == "review") or self.state == "retired"
        with type(self).database.begin() as tx:
            events = text("SELECT count(*) FROM outbox WHERE aggregate_id = :id")
            assert tx.execute(events, {"id": pack["pack_id"]}).scalar_one() == pack["version"]

    def _judged(self, by: str) -> bool:
        """Whether the terms are possible for `by`; if so, they have the state that this makes."""
        if self._allows(AGENTS[by]):
            self.state, self.carried_by = "active", AGENTS[by]
        elif self._allows("lead") or self._allows("admin"):
            self.state = "pending_approval"
        else:
            return False
        return True

    def _allows(self, role: str) -> bool:
        return self.discount <= MOST[role] and self._price() >= LOWEST[role]

    def _price(self) -> int:
        return (2 * type(self).item_price * (10_000 - self.discount) + 10_000) // 20_000

    def _may_decide(self, by: str) -> bool:
        return self.state in ("pending_approval", "review") and by not in self.hands

    def _pack(self) -> dict[str, Any]:
        return type(self).as_agent("KF004").get(f"/packs/{self.code}").json()

    def _act(self, method: str, by: str, action: str, body: Any = None) -> Any:
        send = getattr(type(self).as_agent(by), method)
        return send(f"/packs/{self.code}{action}", body, version=self._pack()["version"])


def test_packs_are_always_in_the_state_that_their_history_gives__R23_I1(
    as_agent: Callable[[str], ApiClient], new_pack: Callable[..., dict[str, Any]], game: Game, database: Database
) -> None:
    with database.begin() as tx:
        for role, lowest in LOWEST.items():
            tx.execute(text("UPDATE discount_rules SET lowest_price_fen = :low WHERE role = :role"),
                       {"low": lowest, "role": role})  # fmt: skip

    class Machine(PackStates):
        pass

    clients = {agent_id: as_agent(agent_id) for agent_id in AGENTS}
    Machine.as_agent, Machine.new_pack = staticmethod(clients.__getitem__), staticmethod(new_pack)
    Machine.game, Machine.database = game, database
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
