"""The items that a game sells: plausible Chinese names, the same at every start."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

FIRST_PRICED_AT = datetime(2025, 1, 1, tzinfo=UTC)

# What a game sells once (in several forms), and what it sells in stacks.
GOODS: dict[str, tuple[str, str]] = {
    "xiyou": (
        "如意金箍棒 筋斗云 紫金红葫芦 芭蕉扇 九齿钉耙 降妖宝杖 锦襕袈裟 白龙马 火眼金睛 风火轮 混天绫 照妖镜 "
        "玲珑宝塔 羊脂玉净瓶 幌金绳 七星剑",
        "蟠桃 仙丹 人参果 灵石 元宝 经验丹 强化石 召唤符 体力丹 洗练石",
    ),
    "sanguo": (
        "青龙偃月刀 方天画戟 丈八蛇矛 赤兔马 的卢马 诸葛羽扇 雌雄双股剑 倚天剑 七星宝刀 八阵图 虎符 玉玺 "
        "孙子兵法 爪黄飞电 凤雏锦囊 铜雀台",
        "招贤令 武将碎片 粮草 军令 金铢 经验书 突破丹 精铁 加速令 木牛流马",
    ),
    "xinghe": (
        "光子战舰 反物质引擎 量子护盾 星门密钥 虚空机甲 等离子主炮 曲率驱动 泰坦母舰 猎户座涂装 银翼战机 "
        "纳米装甲 引力炸弹 深空雷达 星核反应堆 幽灵无人机 天琴座舰桥",
        "星币 氦三 星际通行证 舰长芯片 暗物质 维修套件 加速卡 指挥官经验 蓝图残页 能量电池",
    ),
}
OTHER_GOODS = (
    "圣剑 龙鳞甲 飞行坐骑 传送卷轴 时空戒指 凤凰羽翼 月光长弓 雷霆战锤 迷雾斗篷 精灵宠物 王者称号 霜寒法杖 "
    "影刃 守护徽章 星辉时装 远古图腾",
    "钻石 金币 体力药水 经验药水 强化石 抽奖券 复活石 扫荡券 宝石袋 加速道具",
)
FORMS = (
    ("碎片", 10),
    ("碎片×10", 90),
    ("（7天）", 50),
    ("（30天）", 150),
    ("（永久）", 500),
    ("·典藏版", 880),
)
STACKS = (1, 10, 50, 100, 500)


@dataclass(frozen=True)
class Price:
    """A price from a moment on; `version` grows with every price of its item."""

    price_fen: int
    version: int
    effective_at: datetime


@dataclass(frozen=True)
class Item:
    """An item with the price in force and at most one that waits for its time."""

    code: str
    name: str
    price: Price
    scheduled: Price | None = None

    @property
    def latest(self) -> Price:
        """The price with the highest version, in force or not."""
        return self.scheduled or self.price

    def at(self, now: datetime) -> Item:
        """The item as of `now`: a scheduled price whose time has come is in force."""
        if self.scheduled and self.scheduled.effective_at <= now:
            return replace(self, price=self.scheduled, scheduled=None)
        return self

    def priced(self, price_fen: int, effective_at: datetime, now: datetime) -> Item:
        """The item with a new price; it takes the place of one that was still waiting."""
        price = Price(price_fen, self.latest.version + 1, effective_at)
        current = self.at(now)
        if effective_at > now:
            return replace(current, scheduled=price)
        return replace(current, price=price, scheduled=None)

    def named(self, name: str | None) -> Item:
        """The item under a new name, if there is one."""
        return replace(self, name=name) if name else self


def rfc3339(moment: datetime) -> str:
    """The moment in UTC, as `2026-01-31T08:00:00.000000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def price_json(code: str, price: Price) -> dict[str, Any]:
    """One price as the price push has it."""
    return {
        "code": code,
        "price_fen": price.price_fen,
        "currency": "CNY",
        "version": price.version,
        "effective_at": rfc3339(price.effective_at),
    }


def item_json(item: Item) -> dict[str, Any]:
    """One item as the price list has it."""
    return {"name": item.name, **price_json(item.code, item.price)}


def first_items(game_id: str) -> dict[str, Item]:
    """The 146 items a game starts with, by code, in the order of their codes."""
    unique, stacked = (words.split() for words in GOODS.get(game_id, OTHER_GOODS))
    offers = [(f"{word}{form}", _base(game_id, word) * factor) for word in unique for form, factor in FORMS] + [
        (f"{word}×{count}", _base(game_id, word) * count // 2) for word in stacked for count in STACKS
    ]
    items = [
        Item(f"{game_id.upper()}-{1001 + place}", name, Price(price_fen, 1, FIRST_PRICED_AT))
        for place, (name, price_fen) in enumerate(offers)
    ]
    return {item.code: item for item in items}


def _base(game_id: str, word: str) -> int:
    """A price level in fen, 20 to 130 in tens, that depends on the words alone."""
    digest = hashlib.sha256(f"{game_id}/{word}".encode()).digest()
    return 20 + digest[0] % 12 * 10
