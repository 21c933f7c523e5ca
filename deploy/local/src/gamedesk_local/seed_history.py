"""Demo data of selling: who was contacted when, what he said, what he bought. Nothing here talks to anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import cycle
from typing import Any, Literal

Fate = Literal["paid", "verified", "waiting", "rejected", "cancelled", "refunded", "partly_refunded", "quoted"]

SHANGHAI = timezone(timedelta(hours=8))
DAYS = 56  # how far back contacts go
SPENDERS = ("medium", "big", "whale")

# How many contacts each tier has; the others have one at most.
CONTACTS = {"small": (1, 2), "medium": (3, 4), "big": (5, 6), "whale": (6, 8)}

# What becomes of one sale after another: how it is paid, and what follows. Most are paid and delivered.
SALES: tuple[tuple[str, Fate], ...] = (
    ("wechat_pay", "paid"),
    ("wechat_transfer", "verified"),
    ("wechat_pay", "quoted"),
    ("alipay", "partly_refunded"),
    ("bank_transfer", "waiting"),
    ("wechat_pay", "paid"),
    ("wechat_pay", "refunded"),
    ("wechat_transfer", "cancelled"),
    ("alipay", "paid"),
    ("bank_transfer", "rejected"),
    ("wechat_pay", "paid"),
    ("wechat_pay", "paid"),
    ("bank_transfer", "rejected"),
)
# … and after these the plain ones.
PLAIN: tuple[tuple[str, Fate], ...] = (
    ("wechat_pay", "paid"),
    ("wechat_transfer", "verified"),
    ("wechat_pay", "paid"),
    ("alipay", "quoted"),
    ("wechat_pay", "paid"),
)
SITUATIONS = (
    "玩家刚升级，聊了新活动",
    "周末活动推荐",
    "上次说再考虑，今天回访",
    "大R维护，介绍新礼包",
    "玩家主动来问折扣",
)
PLAYER_STATES = ("心情不错", "刚下副本", "有点犹豫", "赶时间", "")


@dataclass(frozen=True)
class Contact:
    """What POST /touches is sent; `reason` counts among the reasons for lost sales, `pack` among a game's packs."""

    body: dict[str, Any]
    reason: int | None = None
    pack: int | None = None


@dataclass(frozen=True)
class Sale:
    """A pack that was sold; `pack` counts among those of a game that the player has an account in."""

    pack: int
    method: str
    paid_at: datetime
    fate: Fate


@dataclass(frozen=True)
class Quote:
    """A price that is promised when the data are loaded."""

    pack: int
    valid_minutes: int


@dataclass(frozen=True)
class History:
    """Contacts and sales in the order in which they happened, then what is promised now."""

    steps: tuple[Contact | Sale, ...] = ()
    quote: Quote | None = None

    @property
    def left_alone(self) -> bool:
        """He asked not to be contacted."""
        return any(isinstance(step, Contact) and step.body["outcome"] == "do_not_contact" for step in self.steps)


def fates() -> Iterator[tuple[str, Fate]]:
    """How each sale is paid, and what becomes of it, one after the other."""
    return cycle((*SALES, *PLAIN, *PLAIN))


def history(number: int, tier: str, anchor: datetime, each_sale: Iterator[tuple[str, Fate]]) -> History:
    """What happened between the desk and a player who may be sold to.

    Args:
        number: of the player; with the tier it decides everything.
        anchor: the moment that all times are counted back from.
    """
    dice = random.Random(f"history {number}")
    times = _times(dice, tier, anchor)
    steps: list[Contact | Sale] = []
    for happened in times:
        if dice.random() < _chance_of_a_deal(number, tier, happened):
            method, fate = next(each_sale)
            steps.append(Sale(dice.randrange(3), method, happened, fate))
        else:
            steps.append(_contact(dice, happened, anchor, last=happened == times[-1]))
    if number % 50 == 11:
        return History((*steps, _left_alone(anchor)))
    return History(tuple(steps), _quote(dice, number, tier))


def contact_of_a_minor(number: int, anchor: datetime) -> History:
    """He is talked with, and nothing is sold to him here."""
    dice = random.Random(f"history {number}")
    return History((_contact(dice, _at(dice, anchor, 3), anchor, last=True),))


def day(anchor: datetime, later: int) -> str:
    """The day in Shanghai some days after the anchor's."""
    return (anchor.astimezone(SHANGHAI) + timedelta(days=later)).date().isoformat()


def rfc3339(moment: datetime) -> str:
    """UTC, whole seconds, as `2026-01-31T08:00:00Z`."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _times(dice: random.Random, tier: str, anchor: datetime) -> list[datetime]:
    least, most = CONTACTS.get(tier, (0, 1))
    count = dice.randint(least, most)
    return sorted(_at(dice, anchor, dice.randint(1, DAYS)) for _ in range(count))


def _at(dice: random.Random, anchor: datetime, days: int) -> datetime:
    """Some time of a working day, days ago in Shanghai."""
    morning = (anchor.astimezone(SHANGHAI) - timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)
    return (morning + timedelta(minutes=dice.randrange(12 * 60))).astimezone(UTC)


def _chance_of_a_deal(number: int, tier: str, happened: datetime) -> float:
    """Big spenders, weekends and the last weeks sell better, and one agent better than the next."""
    chance = {"small": 0.3, "medium": 0.35, "big": 0.4, "whale": 0.4}.get(tier, 0.0)
    if happened.astimezone(SHANGHAI).weekday() >= 5:
        chance *= 1.4
    return chance * (1.2, 1.0, 0.75)[number % 3]


def _contact(dice: random.Random, happened: datetime, anchor: datetime, *, last: bool) -> Contact:
    outcome = dice.choice(("lost", "lost", "thinking", "no_reply") if not last else ("lost", "thinking", "no_reply"))
    body: dict[str, Any] = {
        "outcome": outcome,
        "situation": dice.choice(SITUATIONS),
        "player_state": dice.choice(PLAYER_STATES),
        "occurred_at": rfc3339(happened),
    }
    if outcome == "thinking":
        body["follow_up_on"] = day(anchor, dice.choice((0, 0, 1, 2, 5, 9)))
    reason = dice.randrange(100) if outcome == "lost" else None
    return Contact(body, reason, None if outcome == "no_reply" else dice.randrange(3))


def _left_alone(anchor: datetime) -> Contact:
    happened = rfc3339(anchor - timedelta(hours=30))
    return Contact({"outcome": "do_not_contact", "situation": "玩家说最近不想再收到推荐", "occurred_at": happened})


def _quote(dice: random.Random, number: int, tier: str) -> Quote | None:
    """Some promises hold for days, some are over when somebody looks."""
    if tier not in SPENDERS or number % 3 == 0:
        return None
    return Quote(dice.randrange(3), dice.choice((1, 6 * 60, 24 * 60, 72 * 60)))
