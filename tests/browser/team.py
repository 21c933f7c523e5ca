"""One team's life, so that every page has something to show: the demo data, and what these do not have."""

from __future__ import annotations

import io
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from gamedesk_local.seed import seed
from gamedesk_local.seed_data import AGENTS, CAMPAIGN, Size
from PIL import Image, ImageDraw
from rich.console import Console

from tests.conftest import Site
from tests.desk import Desk, Person, new_phone
from tests.e2e.shop import GAME, Shop, minutes_ago

SIZE = Size("team", 3, 40)
LEAD, AGENT = AGENTS[0].agent_id, AGENTS[1].agent_id
PACK, PACK_OF_OTHERS = "周末畅玩礼包", "老玩家回归礼包"
DETAILS = "玩家昨晚充值 648 元购买礼包，扣款成功，钻石一直没有到账。已提供支付截图和订单号，希望今天之内解决。"
FORM_ROWS = (
    ("phone", "wechat_id", "wechat_name", "owner_agent_id", "tier", "minor_band", "tags", "note"),
    (new_phone(), "wx_import_01", "林冲", "", "大R", "", "论坛", "从旧表带来"),
    ("12345", "wx_import_02", "鲁智深", "", "小R", "", "", "电话写错了"),
    (new_phone(), "wx_import_03", "武松", "KF999999", "中R", "", "", ""),
    (new_phone(), "wx_import_04", "李逵", "", "巨鲸", "", "", ""),
    (new_phone(), "wx_import_05", "燕青", "", "", "", "论坛", ""),
)


@dataclass(frozen=True)
class Team:
    """Who signs in, and the ids that pages' addresses name: `{player}` in an address is `ids["player"]`."""

    password: str
    ids: dict[str, str]


def at_work(site: Site, desk: Desk) -> Team:
    """The team after a few weeks' work; what is there from an earlier run of a product started elsewhere stays."""
    admin = desk.sign_in(site.admin_id, site.admin_password)
    if not any(campaign["name"] == CAMPAIGN for campaign in _items(admin, "/campaigns", state="running")):
        now, quiet = datetime.now(UTC), Console(quiet=True)
        seed(site.url, SIZE, site.admin_password, now, quiet, simulator=site.simulator_url)
    lead, agent = (desk.sign_in(agent_id, site.admin_password) for agent_id in (LEAD, AGENT))
    work = _Work(Shop(desk, agent=lead, lead=lead), agent, admin)
    ids = {**work.selling(), **work.tickets(), **work.prices(), **work.people(), **work.found()}
    if site.product is not None:
        _dead_letter(site.product)
    return Team(site.admin_password, ids)


def _dead_letter(product: Any) -> None:
    """Something of players that tickets could not handle; only its own database can be made to have that."""
    url = product.layout.postgres.url("tickets").replace("+psycopg", "")
    said = {"specversion": "1.0", "id": str(uuid4()), "source": "/players", "type": "players.player.updated.v1"}
    said |= {"subject": str(uuid4()), "time": "2026-11-20T08:00:00Z", "aggregateversion": 4, "data": {}}
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO dead_letter (consumer, event_id, subject, payload, error) VALUES (%s, %s, %s, %s, %s)",
            ("tickets-players", said["id"], said["type"], json.dumps(said).encode(), "KeyError: 'player_id'"),
        )


class _Work:
    """What the team does beside the demo data, mostly with one player, who is the lead's."""

    def __init__(self, shop: Shop, agent: Person, admin: Person) -> None:
        self._shop, self._lead, self._agent, self._admin = shop, shop.lead, agent, admin
        self._player = shop.player(tier="whale", note="老玩家，信任度高；周五发工资。")
        player = self._lead.get(f"/players/{self._player['player_id']}").json()
        tags = {"tags": ["公会会长", "晚上在线"]}
        _done(self._lead.patch(f"/players/{player['player_id']}", tags, player["version"]))
        self._items = shop.items(40, 6)

    def selling(self) -> dict[str, str]:
        """Packs of every kind, and a player who was refused, promised, sold, refunded and contacted again."""
        shop, player = self._shop, self._player
        first, second, third, *_ = self._items
        pack = shop.pack((first, 3), (second, 10), (third, 1), name=PACK)
        other = shop.pack((second, 40), (third, 5), name=PACK_OF_OTHERS)
        mine = _made(self._lead, "/packs", _pack("玩家专属礼包", self._items, player_id=player["player_id"]))
        draft = _made(self._lead, "/packs", _pack("双十二预备礼包", self._items, draft=True))
        retired = _made(self._lead, "/packs", _pack("过季礼包", self._items))
        _done(self._lead.post(f"/packs/{retired['code']}/retire", version=retired["version"]))
        delivered = shop.sell(player, pack)
        self._contacts(pack)
        unverified = {"method": "bank_transfer", "paid_at": minutes_ago(50)}
        unverified |= {"pack_code": other["code"], "pack_revision": other["revision"]}
        waits = _made(self._lead, "/orders", shop.sale(player, other["price_fen"], **unverified))
        refund = {
            "amount_fen": 1200,
            "reason": "活动多收，退差价",
            "method": "wechat_pay",
            "refunded_at": minutes_ago(0),
        }
        refunded = shop.delivered(delivered)
        refund |= {"refunded_at": minutes_ago(0)}
        _done(self._admin.post(f"/orders/{refunded['order_id']}/refunds", refund))
        shop.quote(player, pack, valid_minutes=24 * 60)
        promise = {"player_id": player["player_id"], "pack_code": other["code"], "price_fen": other["price_fen"]}
        promise |= {"pack_revision": other["revision"], "profile_id": player["account"]["profile_id"]}
        _done(self._admin.post("/quotes", {**promise, "valid_minutes": 600}))
        codes = {"pack": pack["code"], "pack_mine": mine["code"], "pack_draft": draft["code"]}
        orders = {"order": delivered["order_id"], "order_unverified": waits["order_id"]}
        return {**codes, "pack_retired": retired["code"], **orders}

    def _contacts(self, pack: dict[str, Any]) -> None:
        """One of each outcome but the last word."""
        reason = next(each for each in _items(self._lead, "/lost-reasons") if each["active"] and not each["needs_note"])
        said = {"player_id": self._player["player_id"], "pack_code": pack["code"]}
        lost = {"outcome": "lost", "reason_id": reason["reason_id"], "situation": "嫌贵，说等下次打折再看"}
        thinking = {"outcome": "thinking", "situation": "等周五发工资", "player_state": "心情不错"}
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
        for number, body in enumerate((lost, {"outcome": "no_reply"}, {**thinking, "follow_up_on": tomorrow})):
            _done(self._lead.post("/touches", {**said, **body, "occurred_at": minutes_ago(90 - number * 20)}))

    def tickets(self) -> dict[str, str]:
        """One with pictures and a long talk, one that was answered, and an incident that others hang on."""
        player = {"player_id": self._player["player_id"]}
        account = {"game_id": GAME, "profile_id": self._player["account"]["profile_id"]}
        urgent = {"category": "payment", "priority": "urgent", "detail": DETAILS, "asked_at": minutes_ago(26 * 60)}
        talked = _made(self._lead, "/tickets", {**player, **account, **urgent, "title": "充值 648 元未到账"})
        self._talk(talked)
        done = {**player, "category": "suggestion", "priority": "low", "detail": "希望好友上限从 100 提到 200。"}
        solved = _made(self._lead, "/tickets", {**done, "asked_at": minutes_ago(50 * 60)})
        answer = {"to": "done", "solution": "已转产品，下个版本评估；玩家知道了。"}
        _done(self._lead.post(f"/tickets/{solved['ticket_id']}/transitions", answer, version=solved["version"]))
        return {"ticket": talked["ticket_id"], "incident": self._incident(account["game_id"])}

    def _talk(self, ticket: dict[str, Any]) -> None:
        path = f"/tickets/{ticket['ticket_id']}"
        for purpose, text in (("problem", "支付成功 ¥648.00"), ("problem", "背包：钻石 0")):
            picture = self._lead.http.post(
                f"{path}/attachments",
                params={"purpose": purpose, "name": f"{text[:4]}.png"},
                content=_picture(text),
                headers={"Content-Type": "image/png", "Idempotency-Key": uuid4().hex},
            )
            assert picture.status_code == 201, picture.text
        talk: tuple[dict[str, Any], ...] = (
            {"kind": "reply", "text": "您好，已经收到截图，正在和财务核对流水，一小时内回复您。"},
            {"kind": "consultation", "text": "请核对这笔 648 元的流水，订单号见截图。", "department": "finance"},
            {"kind": "note", "text": "玩家语气着急，回复要快。"},
        )
        for number, entry in enumerate(talk):
            _done(self._lead.post(f"{path}/entries", {**entry, "happened_at": minutes_ago(60 - number * 10)}))

    def _incident(self, game_id: str) -> str:
        """Something that happened to many at once, with their tickets."""
        hit: list[str] = []
        about = {"category": "bug", "title": "无法进入副本", "game_id": game_id}
        for number in range(4):
            player = self._lead.create_player(new_phone("0000"), wechat_name=f"副本玩家{number + 1}", tier="small")
            body = {**about, "player_id": player["player_id"], "detail": "更新后副本一直卡在加载界面。"}
            hit.append(_made(self._lead, "/tickets", body)["ticket_id"])
        parent, *children = hit
        _done(self._lead.post(f"/tickets/{parent}/children", {"ticket_ids": children}))
        # On the first day of a month, too, something was answered in it.
        _done(self._lead.post(f"/tickets/{parent}/entries", {"kind": "reply", "text": "已经在查了。"}))
        return parent

    def prices(self) -> dict[str, str]:
        """A push that packs follow, one that is too far off to be believed, and one item with a price of its own."""
        *_, pushed, held, tuned = self._items
        lower = {"override_price_fen": tuned["game_price_fen"] * 9 // 10, "reason": "跟随渠道活动价"}
        now = self._lead.get(f"/items/{tuned['item_id']}").json()
        _done(self._lead.patch(f"/items/{tuned['item_id']}", lower, now["version"]))
        desk = self._shop.desk
        desk.push_prices(GAME, {pushed["code"]: pushed["game_price_fen"] * 11 // 10})
        desk.push_prices(GAME, {held["code"]: held["game_price_fen"] * 40 + secrets.randbelow(100)})
        first = self._items[0]
        answer = desk.push_prices(GAME, {first["code"]: first["game_price_fen"] * 21 // 20 + secrets.randbelow(50)})
        [impact] = _items(self._lead, "/price-impacts", cause_id=answer["event_id"])
        return {"item": tuned["item_id"], "item_held": held["item_id"], "impact": impact["impact_id"]}

    def people(self) -> dict[str, str]:
        """A player entered twice and merged, one whose number was looked up, players handed over, a spreadsheet."""
        player_id = self._player["player_id"]
        twin = self._lead.create_player(new_phone("0000"), wechat_name="悟空小号")
        survivor = self._lead.get(f"/players/{player_id}").json()
        loser = {"loser_id": twin["player_id"], "loser_version": twin["version"]}
        _done(self._lead.post(f"/players/{player_id}/merges", loser, version=survivor["version"]))
        _done(self._lead.post(f"/players/{player_id}/reveal", {"reason": "reply"}))
        leaver = f"KF{secrets.randbelow(10**9):09}"
        hired = {"agent_id": leaver, "name": "孙离职", "role": "agent", "team": AGENTS[0].team}
        hired |= {"wechat_id": f"wx_{leaver}", "wechat_name": "客服孙离职"}
        _done(self._admin.post("/agents", {**hired, "password": secrets.token_urlsafe(12)}))
        away = {"from_agent_id": leaver, "to_agent_id": LEAD, "reason": "离职交接"}
        _done(self._admin.post("/handoffs", away))
        of_colleague = self._agent.create_player(new_phone("0000"), wechat_name="牛魔王", tier="big")
        return {"player": player_id, "of_colleague": of_colleague["player_id"], "import": self._import()}

    def _import(self) -> str:
        rows = "\n".join(",".join(row) for row in FORM_ROWS)
        headers = {"Content-Type": "text/csv", "Idempotency-Key": uuid4().hex}
        params = {"file_name": "旧客服表.csv"}
        sent = self._lead.http.post("/player-imports", params=params, content=rows.encode("utf-8-sig"), headers=headers)
        assert sent.status_code == 202, sent.text
        path = f"/player-imports/{sent.json()['import_id']}"
        self._shop.desk.eventually(lambda: self._lead.get(path).json()["state"] == "checked", within=30)
        return sent.json()["import_id"]

    def found(self) -> dict[str, str]:
        """What the demo data made."""
        running = next(each for each in _items(self._lead, "/campaigns", state="running") if each["name"] == CAMPAIGN)
        [failed, *_] = _items(self._admin, "/deliveries", state="failed")
        [review, *_] = _items(self._lead, "/packs", state="review")
        return {"campaign": running["campaign_id"], "order_failed": failed["order_id"], "pack_review": review["code"]}


def _pack(name: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    contents = [{"item_id": item["item_id"], "quantity": 2} for item in items[:2]]
    return {"name": name, "discount_bp": 1200, "contents": contents, **more}


def _picture(text: str) -> bytes:
    """As a screenshot of a phone: a dark bar on top, and something written."""
    picture = Image.new("RGB", (540, 960), "#f2f2f7")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 540, 80), fill="#2b2d42")
    pen.rectangle((60, 320, 480, 560), fill="#ffffff", outline="#8d99ae")
    pen.text((90, 420), text.encode("ascii", "replace").decode(), fill="#2b2d42")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _items(person: Person, path: str, **filters: Any) -> list[dict[str, Any]]:
    answer = person.get(path, **filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def _made(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = person.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _done(answer: Any) -> None:
    assert answer.is_success, answer.text
