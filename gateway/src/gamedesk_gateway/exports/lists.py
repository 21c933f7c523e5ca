"""Which lists can be exported, and their columns. What the cells say is Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gamedesk_gateway.exports.words import (
    BREACH,
    CALL_STATE,
    DELIVERY_STATE,
    METHOD,
    MINOR_BAND,
    ORDER_STATE,
    OUTCOME,
    OVERDUE,
    PACK_STATE,
    PENDING_PRICE,
    PRIORITY,
    QUOTE_STATE,
    ROLE,
    TICKET_STATE,
    TIER,
    WAITING_ON,
    Words,
)

Language = Literal["zh", "en"]
Kind = Literal["text", "number", "money", "percent", "time", "date", "yes_no", "words"]


@dataclass(frozen=True)
class Column:
    """`path`: where in a row its value is, parts separated by dots; money in fen, percent in basis points.

    `words` translate a value, or name the lookup (`game`, `category`, `campaign`) that does.
    """

    path: str
    zh: str
    en: str
    kind: Kind = "text"
    words: Words | Literal["game", "category", "campaign"] | None = None
    width: int = 14

    def title(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class ExportedList:
    """The list that GET `target` of `service` pages through. `names_players`: rows get the card of their `player_id`
    as `player`; `names_orders`: and the refunded order of their `order_id` as `order`."""

    service: str
    target: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    names_players: bool = False
    names_orders: bool = False


_PLAYER = (
    Column("player.wechat_name", "玩家", "Player", width=18),
    Column("player.wechat_id", "微信号", "WeChat ID"),
    Column("player.phone", "手机", "Phone"),
    Column("player.owner_agent_id", "负责客服", "Owner"),
)
_CAMPAIGN = Column("campaign_id", "活动", "Campaign", "words", "campaign", width=20)
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
    Column("offered_price_fen", "报价（元）", "Offered (CNY)", "money"),
    _CAMPAIGN,
    Column("follow_up_on", "下次跟进", "Follow up on", "date"),
)

LISTS: Mapping[str, ExportedList] = {
    "players": ExportedList(
        "players",
        "/players",
        "玩家",
        "Players",
        (
            Column("wechat_name", "微信昵称", "WeChat name", width=18),
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
            Column("wechat_name", "微信昵称", "WeChat name"),
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
            Column("refunded_fen", "已退（元）", "Refunded (CNY)", "money"),
            Column("delivery.state", "发货", "Delivery", "words", DELIVERY_STATE),
            Column("delivery.delivered_at", "发货时间", "Delivered", "time"),
            Column("delivery.overdue", "发货逾期", "Delivery overdue", "yes_no"),
            _CAMPAIGN,
            Column("stand_in", "代班", "Stand-in", "yes_no"),
            Column("created_at", "录入时间", "Recorded", "time"),
            _PLAYER_ID,
        ),
        names_players=True,
    ),
    "quotes": ExportedList(
        "sales",
        "/quotes",
        "报价",
        "Quotes",
        (
            Column("number", "编号", "Number"),
            *_PLAYER,
            Column("agent_id", "客服", "Agent"),
            Column("state", "状态", "State", "words", QUOTE_STATE),
            Column("pack.code", "礼包 ID", "Pack ID"),
            Column("pack.name", "礼包", "Pack", width=24),
            Column("pack.contents", "内容", "Contents", width=50),
            Column("pack.list_price_fen", "原价（元）", "List price (CNY)", "money"),
            Column("pack.discount_bp", "折扣", "Discount", "percent"),
            Column("amount_fen", "报价（元）", "Price (CNY)", "money"),
            Column("expires_at", "有效至", "Holds until", "time"),
            _CAMPAIGN,
            Column("stand_in", "代班", "Stand-in", "yes_no"),
            Column("note", "备注", "Note", width=30),
            Column("extended_by", "延期人", "Extended by"),
            Column("withdraw_reason", "撤回原因", "Withdrawn because", width=24),
            Column("created_at", "报价时间", "Made", "time"),
            _PLAYER_ID,
        ),
        names_players=True,
    ),
    "refunds": ExportedList(
        "sales",
        "/refunds",
        "退款",
        "Refunds",
        (
            Column("refunded_at", "退款时间", "Refunded", "time"),
            Column("order.number", "订单", "Order"),
            *_PLAYER,
            Column("amount_fen", "金额（元）", "Amount (CNY)", "money"),
            Column("reason", "原因", "Reason", width=30),
            Column("method", "方式", "Method", "words", METHOD),
            Column("transaction_id", "交易单号", "Transaction ID", width=32),
            Column("refunded_by", "经办人", "Refunded by"),
            Column("after_delivery", "已发货后", "After delivery", "yes_no"),
            Column("recorded_at", "录入时间", "Recorded", "time"),
            Column("order_id", "订单 ID", "Order ID", width=38),
            _PLAYER_ID,
        ),
        names_players=True,
        names_orders=True,
    ),
    "campaign-calls": ExportedList(
        "sales",
        "/campaign-calls",
        "活动名单",
        "Campaign calls",
        (
            _CAMPAIGN,
            *_PLAYER,
            Column("state", "状态", "State", "words", CALL_STATE),
            Column("tier", "等级", "Tier", "words", TIER),
            Column("tier_then", "入选时等级", "Tier then", "words", TIER),
            Column("touches", "联系次数", "Contacts", "number"),
            Column("last_touch.occurred_at", "上次联系", "Last contact", "time"),
            Column("last_touch.outcome", "上次结果", "Last outcome", "words", OUTCOME),
            Column("last_touch.reason", "上次未成交原因", "Last reason"),
            Column("last_touch.situation", "上次情况", "Last situation", width=50),
            Column("drawn_at", "入选时间", "Drawn", "time"),
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
            Column("pending_price.state", "新价状态", "New price is", "words", PENDING_PRICE),
            Column("pending_price.price_fen", "新价（元）", "New price (CNY)", "money"),
            Column("pending_price.effective_at", "新价生效", "New price from", "time"),
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
            Column("floor_fen", "底价（元）", "Floor (CNY)", "money"),
            Column("review_reason", "复核原因", "Review reason", "words", BREACH),
            _CAMPAIGN,
            Column("player_id", "专属玩家 ID", "Made for player ID", width=38),
            Column("valid_from", "有效自", "Valid from", "time"),
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
