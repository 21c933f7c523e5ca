"""What the values of states and the like are called in an exported list, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]  # a value → what it is called in Chinese and in English

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
    "active": ("在售", "On sale"),
    "review": ("复核中", "Under review"),
    "retired": ("已下架", "Retired"),
}
PENDING_PRICE: Words = {"held": ("待确认", "Held"), "scheduled": ("待生效", "Scheduled")}
BREACH: Words = {"discount": ("折扣超限", "Discount"), "lowest_price": ("低于最低价", "Lowest price")}
QUOTE_STATE: Words = {
    "open": ("有效", "Open"),
    "sold": ("已成交", "Sold"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "expired": ("已过期", "Expired"),
}
DELIVERY_STATE: Words = {
    "waiting": ("待确认收款", "Payment to confirm"),
    "queued": ("排队中", "Queued"),
    "sending": ("发货中", "Sending"),
    "delivered": ("已发货", "Delivered"),
    "failed": ("发货失败", "Failed"),
    "stopped": ("已停止", "Stopped"),
    "not_possible": ("缺账号", "No account"),
}
CALL_STATE: Words = {
    "open": ("待联系", "To call"),
    "no_reply": ("未回复", "No reply"),
    "thinking": ("考虑中", "Thinking"),
    "lost": ("未成交", "Lost"),
    "won": ("已成交", "Won"),
    "blocked": ("勿再联系", "Do not contact"),
}
PROPOSAL_STATE: Words = {
    "open": ("待决定", "To decide"),
    "taken": ("已接手", "Taken up"),
    "dismissed": ("不跟进", "Dismissed"),
    "done": ("已联系", "Contacted"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "lapsed": ("已过期", "Lapsed"),
}
CAMPAIGN_STATE: Words = {"draft": ("草稿", "Draft"), "running": ("进行中", "Running"), "ended": ("已结束", "Ended")}
PRICE_CAUSE: Words = {
    "pull": ("拉取价格表", "Pull"),
    "push": ("游戏推送", "Push"),
    "override": ("客服微调", "Override"),
    "confirm": ("组长确认", "Confirmed"),
}
IMPORT_STATE: Words = {
    "checking": ("检查中", "Checking"),
    "checked": ("待确认", "To confirm"),
    "running": ("建立中", "Creating"),
    "done": ("完成", "Done"),
    "failed": ("失败", "Failed"),
}
IMPORT_RESULT: Words = {
    "good": ("可建立", "Good"),
    "bad": ("有问题", "Problems"),
    "duplicate": ("重复", "Duplicate"),
    "created": ("已建立", "Created"),
    "failed": ("建立失败", "Failed"),
}
IMPORT_COLUMN: Words = {
    "phone": ("手机号", "Phone"),
    "wechat_id": ("微信号", "WeChat ID"),
    "wechat_name": ("微信昵称", "WeChat name"),
    "owner_agent_id": ("负责客服", "Owner"),
    "tier": ("消费等级", "Tier"),
    "minor_band": ("年龄段", "Age band"),
    "tags": ("标签", "Tags"),
    "note": ("备注", "Note"),
}
IMPORT_RULE: Words = {
    "required": ("必填", "required"),
    "phone-not-valid": ("不是正确的号码", "not a valid phone number"),
    "phone-rounded": ("号码被 Excel 改成了近似值", "rounded by Excel"),
    "calculation": ("公式没有结果", "the formula has no result"),
    "enum": ("不是可选的值", "not one of the values"),
    "pattern": ("格式不对", "not in the right form"),
    "maxLength": ("太长或太多", "too long or too many"),
    "unknown-owner": ("没有这位在职客服", "no such active agent"),
}
RECORD_KIND: Words = {
    "touch": ("沟通", "Contact"),
    "order": ("订单", "Order"),
    "refund": ("退款", "Refund"),
    "quote": ("报价", "Quote"),
}
RECORD_STATE: Words = {**OUTCOME, **QUOTE_STATE, **ORDER_STATE}  # no value stands in two of them
BOARD_TOTAL = "*total"
BOARD_NONE = "*none"
BOARD_GROUP: Words = {
    BOARD_TOTAL: ("合计", "Total"),
    BOARD_NONE: ("（无）", "(none)"),
    **{f"*tier {tier}": names for tier, names in TIER.items()},
}
