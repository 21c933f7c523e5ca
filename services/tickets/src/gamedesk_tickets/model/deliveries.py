"""Orders that were paid and not delivered in time (B7), as far as tickets are concerned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from uuid import UUID

CATEGORY = "payment"

_OWED = ("queued", "failed", "not_possible")
_WHY = {
    "queued": "游戏服务器尚未确认发放，系统仍在重试。",
    "failed": "游戏服务器拒绝发放，请核对游戏账号后重试。",
    "not_possible": "订单没有可发放的游戏账号，请为订单选择账号后重试。",
}
_SETTLED = {"delivered": "订单 {number} 已到账。", "stopped": "订单 {number} 已取消或退款，不再发放。"}
_SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True)
class OverdueDelivery:
    """An order whose delivery was called overdue, as its event tells."""

    order_id: UUID
    number: str
    player_id: UUID
    game_id: str | None
    pack_code: str
    paid_at: datetime
    overdue_since: datetime
    state: str

    @property
    def owed(self) -> bool:
        return self.state in _OWED

    @property
    def title(self) -> str:
        return f"订单 {self.number} 未到账"

    @property
    def detail(self) -> str:
        paid = self.paid_at.astimezone(_SHANGHAI)
        return f"礼包 {self.pack_code}，{paid:%Y-%m-%d %H:%M} 付款，至今未到账。{_WHY[self.state]}"

    @property
    def settled_text(self) -> str:
        return _SETTLED.get(self.state, "订单 {number} 不再欠付。").format(number=self.number)
