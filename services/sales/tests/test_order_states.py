"""What orders and the quotes that they were sold from become, in any order of what people do, against a plain model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gamedesk_testing.api_client import ApiClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

As = Callable[[str], ApiClient]
Body = Callable[..., dict[str, Any]]
Published = Callable[[], list[Any]]

PAID = 8_000


@dataclass
class Model:
    """A sale by KF003, an agent of team A, for ¥80."""

    verified: bool
    cancelled: bool = False
    rejected: bool = False
    refunded: int = 0
    version: int = 1

    @property
    def state(self) -> str:
        if self.cancelled:
            return "cancelled"
        if self.refunded:
            return "refunded" if self.refunded == PAID else "partly_refunded"
        return "paid"

    def may(self, step: str, by: str, amount: int) -> bool:
        """Whether it is allowed; KF001 is admin, KF002 the team's lead, KF005 another's, KF004 another's agent."""
        if step in ("verify", "reject-payment"):
            return by in ("KF001", "KF002") and self.state == "paid" and not self.verified
        if step == "cancel":
            may = by in ("KF001", "KF002") or (by == "KF003" and not self.verified)
            return may and self.state == "paid"
        may = by in ("KF001", "KF002") and self.verified and not self.cancelled
        return may and self.refunded + amount <= PAID

    def do(self, step: str, amount: int) -> None:
        self.version += 1
        if step == "verify":
            self.verified = True
        elif step == "refunds":
            self.refunded += amount
        else:
            self.cancelled, self.rejected = True, step == "reject-payment"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["verify", "reject-payment", "cancel", "refunds"]),
        st.sampled_from(["KF001", "KF002", "KF003", "KF004", "KF005"]),
        st.sampled_from([1, 3_000, 5_000, 8_000]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=st.sampled_from(["wechat_pay", "bank_transfer"]), from_quote=st.booleans(), steps=STEPS)
def test_states_follow_the_plain_model__order_states(
    as_agent: As,
    order_body: Body,
    pack: dict[str, Any],
    known_player: Callable[..., str],
    published: Published,
    method: str,
    from_quote: bool,
    steps: list[tuple[str, str, int]],
) -> None:
    player, seller, fields = known_player(), as_agent("KF003"), {}
    if from_quote:
        promise = {"player_id": player, "pack_code": pack["code"], "pack_revision": 1, "price_fen": PAID}
        quote_id = seller.post("/quotes", promise).json()["quote_id"]
        fields = {"quote_id": quote_id, "pack_code": None, "pack_revision": None}
    sold = seller.post("/orders", order_body(player_id=player, method=method, **fields))
    assert sold.status_code == 201, sold.text
    path = f"/orders/{sold.json()['order_id']}"
    model = Model(verified=method == "wechat_pay")
    for step, by, amount in steps:
        allowed = model.may(step, by, amount)
        answer = _do(as_agent(by), f"{path}/{step}", step, amount, model.version)
        assert answer.is_success == allowed, (step, by, answer.text)
        if allowed:
            model.do(step, amount)
        after = seller.get(path).json()
        assert (after["state"], after["verified"], after["refunded_fen"], after["payment_rejected"]) == (
            model.state,
            model.verified,
            model.refunded,
            model.rejected,
        )
        assert after["version"] == model.version
        if from_quote:
            quote = seller.get(f"/quotes/{after['quote_id']}").json()
            assert quote["state"] == ("open" if model.cancelled else "sold")
    events = [row for row in published() if row.aggregate_id == sold.json()["order_id"]]
    assert [row.version for row in events] == list(range(1, model.version + 1))
    assert events[-1].payload["state"] == model.state


def _do(client: ApiClient, path: str, step: str, amount: int, version: int) -> Any:
    if step == "verify":
        return client.post(path, version=version)
    if step == "refunds":
        given = {"amount_fen": amount, "reason": "买错了", "method": "wechat_pay"}
        return client.post(path, {**given, "refunded_at": _paid_at(client, path)})
    return client.post(path, {"reason": "没到账"}, version=version)


def _paid_at(client: ApiClient, path: str) -> str:
    return client.get(path.removesuffix("/refunds")).json()["paid_at"]
