"""Demo data: the same at every run, made from fixed seeds. Nothing here talks to anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from faker import Faker

from gamedesk_local.seed_history import Fate, History, contact_of_a_minor, fates, history, rfc3339

SEED = 20260101
TIERS = (*["none"] * 50, *["small"] * 25, *["medium"] * 15, *["big"] * 8, *["whale"] * 2)
# Of every forty players three are minors.
MINORS = {7: "16_17", 18: "8_15", 29: "under_8"}
OPEN_STATES = ("pending", "in_progress", "done", "done")


@dataclass(frozen=True)
class Size:
    """How much of everything; `agents` counts from the start of AGENTS."""

    name: str
    agents: int
    players: int


SIZES = {"small": Size("small", 3, 40), "large": Size("large", 10, 30_000)}


@dataclass(frozen=True)
class Agent:
    """An agent who may sign in with the demo password."""

    agent_id: str
    name: str
    role: str
    team: str

    def body(self, password: str) -> dict[str, Any]:
        """For POST /agents."""
        own = {"agent_id": self.agent_id, "name": self.name, "role": self.role, "team": self.team}
        wechat = {"wechat_id": f"gamedesk_{self.agent_id.lower()}", "wechat_name": f"客服{self.name}"}
        return {**own, **wechat, "password": password}


AGENTS = (
    Agent("KF101", "林晓梅", "lead", "一组"),
    Agent("KF102", "王志强", "agent", "一组"),
    Agent("KF103", "陈雨桐", "agent", "一组"),
    Agent("KF104", "张伟", "agent", "一组"),
    Agent("KF105", "刘思远", "agent", "一组"),
    Agent("KF201", "赵雅静", "lead", "二组"),
    Agent("KF202", "黄子轩", "agent", "二组"),
    Agent("KF203", "周婷婷", "agent", "二组"),
    Agent("KF204", "吴建国", "agent", "二组"),
    Agent("KF205", "徐若琳", "agent", "二组"),
)


@dataclass(frozen=True)
class Pack:
    """A pack of some of a game's first items, at a discount; each game has one."""

    name: str
    discount_bp: int
    quantities: tuple[int, ...]


PACKS = (
    Pack("新手起航礼包", 1000, (1, 5)),
    Pack("周末狂欢礼包", 1500, (1, 10, 2)),
    Pack("尊享豪华礼包", 2000, (2, 2, 5, 10)),
)


CAMPAIGN = "中秋团圆季"


@dataclass(frozen=True)
class Ticket:
    """A question, and how far it got."""

    body: dict[str, Any]
    state: str
    note: str
    solution: str


@dataclass(frozen=True)
class Player:
    """A player with everything that happened to him."""

    number: int
    body: dict[str, Any]
    tickets: tuple[Ticket, ...] = ()
    history: History = field(default_factory=History)

    def key(self, what: str) -> str:
        """The Idempotency-Key of one request about this player."""
        return f"seed-{self.number:06d}-{what}"


QUESTIONS = (
    (
        "充值未到账",
        "payment",
        "high",
        "玩家充值 {n} 元，钻石一直没有到账，已提供支付截图。",
        "核对订单后由财务补发，玩家已确认到账。",
    ),
    (
        "账号无法登录",
        "account",
        "urgent",
        "更新后提示账号异常，已经 {n} 小时登录不上。",
        "技术解除误封，玩家重新登录成功。",
    ),
    (
        "副本卡在加载界面",
        "bug",
        "normal",
        "第 {n} 关的副本一直卡在加载界面，重启也没用。",
        "清除缓存后恢复，问题已记录给技术。",
    ),
    ("装备强化失败", "gameplay", "normal", "连续 {n} 次强化失败，想知道具体概率。", "已说明概率公示页面和保底规则。"),
    ("误购申请退款", "refund", "high", "家里孩子误买了 {n} 元的礼包，申请退款。", "财务审核通过，款项原路退回。"),
    ("希望增加跨服组队", "suggestion", "low", "想和 {n} 个其他区的朋友一起组队。", "建议已转产品，感谢玩家反馈。"),
)
NOTES = ("已请玩家提供截图", "已联系技术排查", "玩家说晚上再来看", "已和财务确认流水")
# What everybody may answer with: title, text, category.
TEMPLATES = (
    ("问候", "{player_name} 您好，我是客服{agent_name}，您的问题已登记，工单 {ticket_number}。", None),
    ("充值核实", "{player_name} 您好，正在核实您在《{game}》{server} 角色 {nickname} 的充值，请稍候。", "payment"),
    ("已补发", "{player_name} 您好，已补发到 {server} 的角色 {nickname}，请重新登录查看。", "payment"),
    ("请补充信息", "麻烦发一下出问题时的截图和手机型号，工单 {ticket_number} 会尽快处理。", "bug"),
)


def players(size: Size, anchor: datetime) -> Iterator[Player]:
    """The players of a size, in order; those of a smaller size come first and are the same.

    Args:
        anchor: the moment that all times are counted back from; a repetition has to give the same one.
    """
    fake = Faker("zh_CN")
    fake.seed_instance(SEED)
    dice = random.Random(SEED)
    each_sale = fates()
    for number in range(size.players):
        yield _player(number, fake, dice, anchor, each_sale)


def _player(
    number: int, fake: Faker, dice: random.Random, anchor: datetime, each_sale: Iterator[tuple[str, Fate]]
) -> Player:
    tier = dice.choice(TIERS)
    minor_band = MINORS.get(number % 40, "none")
    body = {
        "phone": fake.unique.phone_number(),
        "wechat_id": f"{fake.lexify('????').lower()}_{number:06d}",
        "wechat_name": dice.choice((fake.name(), fake.first_name() + dice.choice("哥姐酱酱子"), fake.word())),
        "tier": tier,
        "minor_band": minor_band,
        "note": dice.choice(("", "", "喜欢晚上聊", "对价格敏感", "老玩家，信任度高")),
    }
    # Different questions: a second open ticket of the same category is refused at first.
    tickets = tuple(
        _ticket(question, dice, anchor) for question in dice.sample(QUESTIONS, dice.choice((0, 0, 1, 1, 2)))
    )
    told = contact_of_a_minor(number, anchor) if minor_band != "none" else history(number, tier, anchor, each_sale)
    return Player(number, body, tickets, told)


def _ticket(question: tuple[str, str, str, str, str], dice: random.Random, anchor: datetime) -> Ticket:
    title, category, priority, detail, solution = question
    asked = anchor - timedelta(hours=dice.randint(1, 90), minutes=dice.randint(0, 59))
    body = {
        "title": title,
        "category": category,
        "priority": priority,
        "detail": detail.format(n=dice.randint(2, 648)),
        "asked_at": rfc3339(asked),
    }
    return Ticket(body, dice.choice(OPEN_STATES), dice.choice(NOTES), solution)
