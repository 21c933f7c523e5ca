"""Whether something open speaks against a pitch (B3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gamedesk_sales.model.business_days import business_day

# Categories that are configured besides have no other name here.
_NAMES_ZH = {
    "account": "账号",
    "payment": "支付",
    "refund": "退款",
    "bug": "故障",
    "gameplay": "玩法",
    "suggestion": "建议",
    "delivery": "到账",
    "other": "其他",
}


@dataclass(frozen=True)
class OpenTicket:
    ticket_id: UUID
    number: str
    category: str
    since: datetime


@dataclass(frozen=True)
class SellSafe:
    """`open_tickets`: those of a warning category, the oldest first."""

    open_tickets: Sequence[OpenTicket]

    @property
    def ok(self) -> bool:
        return not self.open_tickets

    @property
    def text_zh(self) -> str:
        if self.ok:
            return "没有需要先处理的未结工单"
        named = "、".join(
            f"{ticket.number} {_NAMES_ZH.get(ticket.category, ticket.category)}，自 {business_day(ticket.since)}"
            for ticket in self.open_tickets
        )
        return f"有 {len(self.open_tickets)} 个未结工单（{named}）：先解决问题，再推荐礼包"

    @property
    def text_en(self) -> str:
        if self.ok:
            return "No open ticket has to be dealt with first"
        named = "; ".join(
            f"{ticket.number} {ticket.category}, since {business_day(ticket.since)}" for ticket in self.open_tickets
        )
        count = len(self.open_tickets)
        return f"{count} open ticket{'' if count == 1 else 's'} ({named}): solve the problem before offering a pack"
