"""Demo data: the same at every run, made from fixed seeds. Nothing here talks to anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from faker import Faker

from gamedesk_local.seed_history import Fate, History, contact_of_a_minor, fates, history
from gamedesk_local.seed_names import nickname
from gamedesk_local.seed_tickets import Ticket, tickets

SEED = 20260101
TIERS = (*["none"] * 50, *["small"] * 25, *["medium"] * 15, *["big"] * 8, *["whale"] * 2)
# Of every forty players three are minors.
MINORS = {7: "16_17", 18: "8_15", 29: "under_8"}


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
class Player:
    """A player with everything that happened to him."""

    number: int
    body: dict[str, Any]
    tickets: tuple[Ticket, ...] = ()
    history: History = field(default_factory=History)

    def key(self, what: str) -> str:
        """The Idempotency-Key of one request about this player."""
        return f"seed-{self.number:06d}-{what}"


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
    each_sale = fates()
    for number in range(size.players):
        yield _player(number, fake, anchor, each_sale)


def _player(number: int, fake: Faker, anchor: datetime, each_sale: Iterator[tuple[str, Fate]]) -> Player:
    dice = random.Random(f"player {number}")
    tier = dice.choice(TIERS)
    minor_band = MINORS.get(number % 40, "none")
    body = {
        "phone": fake.unique.phone_number(),
        "wechat_id": f"{fake.lexify('????').lower()}_{number:06d}",
        "wechat_name": nickname(dice),
        "tier": tier,
        "minor_band": minor_band,
        "note": dice.choice(("", "", "喜欢晚上聊", "对价格敏感", "老玩家，信任度高")),
    }
    told = contact_of_a_minor(number, anchor) if minor_band != "none" else history(number, tier, anchor, each_sale)
    return Player(number, body, tickets(number, anchor), told)
