"""Which lists can be exported, their columns, and the words in them. What the cells say is Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["zh", "en"]
Kind = Literal["text", "number", "money", "percent", "time", "date", "yes_no", "words"]
Words = Mapping[str, tuple[str, str]]  # a value → what it is called in Chinese and in English


@dataclass(frozen=True)
class Column:
    """`path`: where in a row its value is, parts separated by dots; money in fen, percent in basis points.

    `words` translate a value, or name the lookup (`game`, `category`) that does.
    """

    path: str
    zh: str
    en: str
    kind: Kind = "text"
    words: Words | Literal["game", "category"] | None = None
    width: int = 14

    def title(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class ExportedList:
    """The list that GET `target` of `service` pages through. `names_players`: rows get the card of their `player_id`
    as `player`."""

    service: str
    target: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    names_players: bool = False


TIER: Words = {
    "none": ("未消费", "No spend"),
    "small": ("小R", "Small"),
    "medium": ("中R", "Medium"),
    "big": ("大R", "Big"),
    "whale": ("超R", "Whale"),
}
MINOR_BAND: Words = {
    "none": ("成年", "Adult"),
    "under_8": ("8 岁以下", "Under 8"),
    "8_15": ("8–15 岁", "8–15"),
    "16_17": ("16–17 岁", "16–17"),
}
ROLE: Words = {"agent": ("客服", "Agent"), "lead": ("组长", "Lead"), "admin": ("管理员", "Admin")}
TICKET_STATE: Words = {
    "pending": ("待处理", "Pending"),
    "in_progress": ("处理中", "In progress"),
    "done": ("完成", "Done"),
}
PRIORITY: Words = {
    "low": ("低", "Low"),
    "normal": ("普通", "Normal"),
    "high": ("高", "High"),
    "urgent": ("紧急", "Urgent"),
}
WAITING_ON: Words = {
    "none": ("", ""),
    "player": ("玩家", "Player"),
    "tech": ("技术", "Tech"),
    "product": ("产品", "Product"),
    "finance": ("财务", "Finance"),
    "copywriting": ("文案", "Copywriting"),
}
OVERDUE: Words = {"first_response": ("首次回复", "First response"), "resolution": ("解决", "Resolution")}
OUTCOME: Words = {
    "won": ("成交", "Won"),
    "lost": ("未成交", "Lost"),
    "thinking": ("考虑中", "Thinking"),
    "no_reply": ("未回复", "No reply"),
    "do_not_contact": ("勿再联系", "Do not contact"),
}
METHOD: Words = {
    "wechat_pay": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
    "wechat_transfer": ("微信转账/红包", "WeChat transfer"),
    "bank_transfer": ("银行转账", "Bank transfer"),
    "other": ("其他", "Other"),
}
ORDER_STATE: Words = {
    "quoted": ("已报价", "Quoted"),
    "paid": ("已付款", "Paid"),
    "delivered": ("已发货", "Delivered"),
    "cancelled": ("已取消", "Cancelled"),
    "partly_refunded": ("部分退款", "Partly refunded"),
    "refunded": ("已退款", "Refunded"),
}
PACK_STATE: Words = {
    "draft": ("草稿", "Draft"),
    "pending_approval": ("待审批", "Awaiting approval"),
    "active": ("在售", "Active"),
    "review": ("复核中", "Under review"),
    "retired": ("已下架", "Retired"),
}

_PLAYER = (
    Column("player.wechat_name", "玩家", "Player", width=18),
    Column("player.wechat_id", "微信号", "WeChat ID"),
    Column("player.phone", "手机", "Phone"),
    Column("player.owner_agent_id", "负责客服", "Owner"),
)
_PLAYER_ID = Column("player_id", "玩家 ID", "Player ID", width=38)
_TOUCH = (
    Column("occurred_at", "时间", "Time", "time"),
    *_PLAYER,
    Column("agent_id", "客服", "Agent"),
    Column("outcome", "结果", "Outcome", "words", OUTCOME),
    Column("reason", "未成交原因", "Reason"),
    Column("situation", "情况", "Situation", width=50),
    Column("player_state", "玩家状态", "Player's state", width=24),
    Column("pack_code", "礼包 ID", "Pack ID"),
    Column("follow_up_on", "下次跟进", "Follow up on", "date"),
)

LISTS: Mapping[str, ExportedList] = {
    "players": ExportedList(
        "players",
        "/players",
        "玩家",
        "Players",
        (
            Column("wechat_name", "微信名", "WeChat name", width=18),
            Column("wechat_id", "微信号", "WeChat ID"),
            Column("phone", "手机", "Phone"),
            Column("owner_agent_id", "负责客服", "Owner"),
            Column("tier", "等级", "Tier", "words", TIER),
            Column("minor_band", "未成年", "Age band", "words", MINOR_BAND),
            Column("tags", "标签", "Tags", width=24),
            Column("game_names", "游戏 · 区服 · 昵称", "Game · server · nickname", width=40),
            Column("created_at", "创建时间", "Created", "time"),
            _PLAYER_ID,
        ),
    ),
    "tickets": ExportedList(
        "tickets",
        "/tickets",
        "工单",
        "Tickets",
        (
            Column("number", "编号", "Number"),
            *_PLAYER,
            Column("state", "状态", "State", "words", TICKET_STATE),
            Column("category", "分类", "Category", "words", "category"),
            Column("priority", "优先级", "Priority", "words", PRIORITY),
            Column("title", "标题", "Title", width=30),
            Column("detail", "问题详情", "Problem detail", width=50),
            Column("solution", "解决方案", "Solution", width=50),
            Column("waiting_on", "等待", "Waiting on", "words", WAITING_ON),
            Column("responsible_agent_id", "处理人", "Responsible"),
            Column("game_id", "游戏", "Game", "words", "game"),
            Column("server", "区服", "Server"),
            Column("asked_at", "提问时间", "Asked", "time"),
            Column("first_replied_at", "首次回复", "First reply", "time"),
            Column("done_at", "完成时间", "Done", "time"),
            Column("clock.overdue", "逾期", "Overdue", "words", OVERDUE),
            Column("cycle", "第几轮", "Cycle", "number"),
            _PLAYER_ID,
        ),
        names_players=True,
    ),
    "agents": ExportedList(
        "players",
        "/agents",
        "客服",
        "Agents",
        (
            Column("agent_id", "客服编号", "Agent ID"),
            Column("name", "姓名", "Name"),
            Column("role", "角色", "Role", "words", ROLE),
            Column("team", "小组", "Team"),
            Column("wechat_id", "微信号", "WeChat ID"),
            Column("wechat_name", "微信名", "WeChat name"),
            Column("active", "在职", "Active", "yes_no"),
            Column("created_at", "创建时间", "Created", "time"),
        ),
    ),
    "touches": ExportedList(
        "sales",
        "/touches",
        "沟通记录",
        "Contacts",
        (*_TOUCH, Column("recorded_at", "录入时间", "Recorded", "time"), _PLAYER_ID),
        names_players=True,
    ),
    "follow-ups": ExportedList(
        "sales",
        "/follow-ups",
        "待跟进",
        "Follow-ups",
        (*_TOUCH, Column("overdue", "逾期", "Overdue", "yes_no"), _PLAYER_ID),
        names_players=True,
    ),
    "orders": ExportedList(
        "sales",
        "/orders",
        "订单",
        "Orders",
        (
            Column("number", "编号", "Number"),
            *_PLAYER,
            Column("seller_agent_id", "销售客服", "Seller"),
            Column("state", "状态", "State", "words", ORDER_STATE),
            Column("pack.code", "礼包 ID", "Pack ID"),
            Column("pack.name", "礼包", "Pack", width=24),
            Column("profile.game_id", "游戏", "Game", "words", "game"),
            Column("profile.server", "区服", "Server"),
            Column("profile.game_account_id", "游戏账号", "Game account"),
            Column("amount_due_fen", "应付（元）", "Due (CNY)", "money"),
            Column("amount_paid_fen", "实付（元）", "Paid (CNY)", "money"),
            Column("difference_reason", "差额原因", "Difference", width=24),
            Column("method", "支付方式", "Method", "words", METHOD),
            Column("transaction_id", "交易单号", "Transaction ID", width=32),
            Column("paid_at", "付款时间", "Paid at", "time"),
            Column("verified", "已核实", "Verified", "yes_no"),
            Column("created_at", "录入时间", "Recorded", "time"),
            _PLAYER_ID,
        ),
        names_players=True,
    ),
    "items": ExportedList(
        "catalog",
        "/items",
        "道具",
        "Items",
        (
            Column("game_id", "游戏", "Game", "words", "game"),
            Column("code", "道具编号", "Code"),
            Column("name", "道具", "Item", width=24),
            Column("game_price_fen", "游戏价（元）", "Game price (CNY)", "money"),
            Column("override_price_fen", "调整价（元）", "Our price (CNY)", "money"),
            Column("price_fen", "现价（元）", "Price (CNY)", "money"),
            Column("differs", "与游戏价不同", "Differs", "yes_no"),
            Column("updated_at", "更新时间", "Updated", "time"),
        ),
    ),
    "packs": ExportedList(
        "catalog",
        "/packs",
        "礼包",
        "Packs",
        (
            Column("code", "礼包 ID", "Pack ID"),
            Column("name", "礼包", "Pack", width=24),
            Column("game_id", "游戏", "Game", "words", "game"),
            Column("state", "状态", "State", "words", PACK_STATE),
            Column("list_price_fen", "原价（元）", "List price (CNY)", "money"),
            Column("discount_bp", "折扣", "Discount", "percent"),
            Column("price_fen", "价格（元）", "Price (CNY)", "money"),
            Column("contents", "内容", "Contents", width=50),
            Column("revision", "版本", "Revision", "number"),
            Column("valid_until", "有效至", "Valid until", "time"),
            Column("created_by", "创建人", "Created by"),
            Column("updated_at", "更新时间", "Updated", "time"),
        ),
    ),
}


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """What stands in `row` at `path`; None if a part of the way is missing or null."""
    found: Any = row
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found
