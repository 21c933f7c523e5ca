"""Who is registered in which game: made from the phone number, so it is the same at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from game_server.items import rfc3339

Profile = dict[str, Any]

FIRST_REGISTRATION = datetime(2021, 1, 1, tzinfo=UTC)
REGISTRATION_DAYS = 4 * 365

# Numbers that end so are not left to chance, for tests and demonstrations.
IN_NO_GAME = "0000"
IN_EVERY_GAME = "1111"
TWICE_IN_EVERY_GAME = "2222"

FIRST_WORDS = (
    "逍遥 孤独 清风 明月 醉卧 踏雪 倾城 无双 九天 暗夜 星辰 烈焰 寒霜 浪迹 青衫 一笑 落花 听雨 北冥 长安 "
    "江南 疾风 破晓 琉璃 墨染 云中 不败 霸气 萌萌 快乐"
)
LAST_WORDS = (
    "剑客 书生 战神 公子 仙子 将军 行者 刺客 猎人 狂刀 小狐狸 大魔王 少年 道长 红颜 游侠 小师妹 老司机 锦鲤 "
    "霸王 刀客 浪子 飞鱼 白衣 悟空 孔明 舰长 菜鸟 大侠 路人"
)
SERVER_WORDS: dict[str, str] = {
    "xiyou": "花果山 水帘洞 火焰山 女儿国 流沙河 高老庄 灵山 盘丝洞",
    "sanguo": "桃园结义 赤壁之战 官渡 虎牢关 长坂坡 荆州 许昌 成都",
    "xinghe": "猎户座 天琴座 仙女座 人马座 北极星 半人马 天鹰座 银河之心",
}
OTHER_SERVERS = "烽火 长风 破浪 凌云 惊雷 沧海 昆仑 九霄"


class _Dice:
    """Numbers that depend on the seed alone."""

    def __init__(self, *seed: str) -> None:
        self._seed = "/".join(seed)

    def roll(self, what: str, sides: int) -> int:
        """A number from 0 to `sides` - 1, the same for the same seed and `what`."""
        digest = hashlib.sha256(f"{self._seed}/{what}".encode()).digest()
        return int.from_bytes(digest[:8]) % sides

    def pick(self, what: str, words: str) -> str:
        """One of the words, which are parted by spaces."""
        choice = words.split()
        return choice[self.roll(what, len(choice))]


def registered_in(phone: str, games: Sequence[str]) -> list[str]:
    """The games that know the phone: none for one number in ten, else one, often more."""
    if phone.endswith(IN_NO_GAME):
        return []
    if phone.endswith((IN_EVERY_GAME, TWICE_IN_EVERY_GAME)):
        return list(games)
    dice = _Dice(phone)
    if dice.roll("anywhere", 10) == 0:
        return []
    favourite = games[dice.roll("favourite", len(games))]
    return [game for game in games if game == favourite or dice.roll(f"also {game}", 100) < 40]


def profiles_of(phone: str, game_id: str, games: Sequence[str], now: datetime) -> list[Profile]:
    """The accounts of the phone in one game; `last_login_at` is a whole number of days before today."""
    if game_id not in registered_in(phone, games):
        return []
    count = 2 if phone.endswith(TWICE_IN_EVERY_GAME) else 1
    return [_profile(_Dice(phone, game_id, str(place)), game_id, now) for place in range(count)]


def _profile(dice: _Dice, game_id: str, now: datetime) -> Profile:
    names = SERVER_WORDS.get(game_id, OTHER_SERVERS).split()
    server = dice.roll("server", len(names))
    spender = dice.roll("spender", 100)
    vip = 0 if spender < 55 else dice.roll("vip", 8) + 1 if spender < 92 else dice.roll("vip", 7) + 9
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    registered = FIRST_REGISTRATION + timedelta(
        days=dice.roll("day", REGISTRATION_DAYS), seconds=dice.roll("second", 86_400)
    )
    return {
        "game_account_id": f"{game_id[:3].upper()}{dice.roll('account', 10**12):012d}",
        "nickname": _nickname(dice),
        "server": {"id": f"s{server + 1}", "name": f"{server + 1}区 {names[server]}"},
        "level": 1 + dice.roll("level", 120),
        "vip_level": vip,
        "last_login_at": rfc3339(today - timedelta(days=dice.roll("away", 45), seconds=dice.roll("s", 86_400))),
        "registered_at": rfc3339(registered),
    }


def _nickname(dice: _Dice) -> str:
    first = dice.pick("first", FIRST_WORDS)
    last = dice.pick("last", LAST_WORDS)
    tail = str(dice.roll("digits", 1000)) if dice.roll("tail", 3) == 0 else ""
    joint = ("", "丶", "灬", "の")[max(0, dice.roll("joint", 10) - 6)]
    return f"{first}{joint}{last}{tail}"
