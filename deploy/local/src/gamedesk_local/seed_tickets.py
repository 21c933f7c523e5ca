"""Demo data of the ticket desk: what was asked when, and how far it got. Nothing here talks to anybody."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from gamedesk_local.seed_history import SHANGHAI, rfc3339

Fate = Literal["unanswered", "answered", "in_work", "consulting", "waiting", "done", "reopened", "done_again"]

OPEN: tuple[Fate, ...] = ("unanswered", "unanswered", "answered", "in_work", "in_work", "consulting", "waiting")
CLOSED: tuple[Fate, ...] = ("done", "done", "done", "done", "done", "done", "done", "reopened", "done_again")
FATES: tuple[Fate, ...] = OPEN + CLOSED
# How many days ago players asked what is open still, and what is done.
OPEN_DAYS = (0, 0, 0, 1, 1, 2, 3)
DONE_DAYS = (0, 0, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 9, 12)
OPENS_AT = 9  # in Shanghai; for twelve hours, as the desk's first rules say
MINUTES_OPEN = 12 * 60
# Minutes of the first rules until the first response, by priority.
ANSWER_WITHIN = {"low": 240, "normal": 60, "high": 30, "urgent": 15}


@dataclass(frozen=True)
class Step:
    """What an agent did: an entry, a move to another state, or an edit, as the API is sent it."""

    what: Literal["entries", "transitions", "edit"]
    body: dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """A question, and what the agent did about it, in order."""

    body: dict[str, Any]
    fate: Fate
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Question:
    title: str
    category: str
    priority: str
    detail: str
    answer: str
    solution: str
    department: str
    asked: str  # of the department


QUESTIONS = (
    Question(
        "充值未到账",
        "payment",
        "high",
        "玩家充值 {n} 元，钻石一直没有到账，已提供支付截图。",
        "您好，已收到您的支付截图，正在核对订单，查到后马上补发。",
        "核对订单后由财务补发，玩家已确认到账。",
        "finance",
        "请核对这笔充值是否入账，截图在工单里。",
    ),
    Question(
        "账号无法登录",
        "account",
        "urgent",
        "更新后提示账号异常，已经 {n} 小时登录不上。",
        "您好，账号异常已转技术加急处理，请先不要反复登录。",
        "技术解除误封，玩家重新登录成功。",
        "tech",
        "更新后误封，请查一下这个账号的风控记录。",
    ),
    Question(
        "副本卡在加载界面",
        "bug",
        "normal",
        "第 {n} 关的副本一直卡在加载界面，重启也没用。",
        "您好，麻烦先清理一下缓存再试，我们同时让技术排查。",
        "清除缓存后恢复，问题已记录给技术。",
        "tech",
        "这一关的加载是否有已知问题？",
    ),
    Question(
        "装备强化失败",
        "gameplay",
        "normal",
        "连续 {n} 次强化失败，想知道具体概率。",
        "您好，强化概率在游戏内公告里可以查到，保底规则我整理给您。",
        "已说明概率公示页面和保底规则。",
        "product",
        "玩家问保底是否跨装备累计，请给个统一说法。",
    ),
    Question(
        "误购申请退款",
        "refund",
        "high",
        "家里孩子误买了 {n} 元的礼包，申请退款。",
        "您好，退款需要监护人证明，资料清单已经发您。",
        "财务审核通过，款项原路退回。",
        "finance",
        "未成年人误购，资料已齐，请审核退款。",
    ),
    Question(
        "希望增加跨服组队",
        "suggestion",
        "low",
        "想和 {n} 个其他区的朋友一起组队。",
        "您好，建议很好，我们转给产品评估，有消息第一时间告诉您。",
        "建议已转产品，感谢玩家反馈。",
        "product",
        "跨服组队有没有排期？方便回复玩家。",
    ),
)
NOTES = ("已请玩家提供截图", "已联系技术排查", "玩家说晚上再来看", "已和财务确认流水")
REOPENED = ("玩家说问题又出现了", "玩家反馈只到账一半", "换设备后还是一样")
SECOND_ANSWER = "您好，已重新为您排查，这次请留意游戏内邮件。"
SECOND_SOLUTION = "二次处理完成，玩家确认一切正常。"


def tickets(number: int, anchor: datetime) -> tuple[Ticket, ...]:
    """What a player has asked; different questions: a second open ticket of the same category is refused at first.

    Args:
        number: of the player; it decides everything.
        anchor: the moment that all times are counted back from.
    """
    dice = random.Random(f"tickets {number}")
    asked = dice.sample(QUESTIONS, dice.choice((0, 0, 1, 1, 1, 2, 2)))
    # One fate after the other, so that few players show all of them.
    fates: list[Fate] = [FATES[(number * 5 + turn * 3) % len(FATES)] for turn in range(len(asked))]
    return tuple(_ticket(question, fate, dice, anchor) for question, fate in zip(asked, fates, strict=True))


def _ticket(question: Question, fate: Fate, dice: random.Random, anchor: datetime) -> Ticket:
    days = dice.choice(OPEN_DAYS if fate in OPEN else DONE_DAYS)
    delay = _delay(dice, ANSWER_WITHIN[question.priority])
    asked = _in_working_hours(dice, anchor, days, delay)
    body = {
        "title": question.title,
        "category": question.category,
        "priority": question.priority,
        "detail": question.detail.format(n=dice.randint(2, 648)),
        "asked_at": rfc3339(asked),
    }
    answered = asked + timedelta(minutes=delay)
    answer = Step("entries", {"kind": "reply", "text": question.answer, "happened_at": rfc3339(answered)})
    return Ticket(body, fate, tuple(_steps(question, fate, answer, dice)))


def _delay(dice: random.Random, target: int) -> int:
    """Minutes until the answer: three of four are in time."""
    if dice.randrange(4):
        return max(2, target * dice.randint(15, 90) // 100)
    return target * dice.randint(130, 260) // 100


def _in_working_hours(dice: random.Random, anchor: datetime, days: int, delay: int) -> datetime:
    """A moment of a day, so many days ago, with time to answer before the desk closes, and before now."""
    opened = anchor.astimezone(SHANGHAI).replace(hour=OPENS_AT, minute=0, second=0, microsecond=0)
    passed = int((anchor - opened).total_seconds()) // 60
    if days == 0 and passed <= delay + 30:
        days = 1
    minutes = MINUTES_OPEN if days else min(passed, MINUTES_OPEN)
    asked = opened - timedelta(days=days) + timedelta(minutes=dice.randrange(minutes - delay))
    return asked.astimezone(UTC)


def _steps(question: Question, fate: Fate, answer: Step, dice: random.Random) -> list[Step]:
    """The state first: what has it, is not told again."""
    note = Step("entries", {"kind": "note", "text": dice.choice(NOTES)})
    begun = Step("transitions", {"to": "in_progress"})
    solved = Step("transitions", {"to": "done", "solution": question.solution})
    opened = Step("transitions", {"to": "in_progress", "reason": dice.choice(REOPENED)})
    asked = {"kind": "consultation", "department": question.department, "text": question.asked}
    steps: dict[Fate, list[Step]] = {
        "unanswered": [],
        "answered": [answer],
        "in_work": [begun, answer, note],
        "consulting": [begun, answer, Step("entries", asked)],
        "waiting": [begun, answer, Step("edit", {"waiting_on": "player"})],
        "done": [answer, solved],
        "reopened": [answer, solved, opened],
        "done_again": [
            *(answer, solved, opened, Step("entries", {"kind": "reply", "text": SECOND_ANSWER})),
            Step("transitions", {"to": "done", "solution": SECOND_SOLUTION}),
        ],
    }
    return steps[fate]
