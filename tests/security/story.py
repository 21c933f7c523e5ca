"""A day in which somebody's data pass through everything that the product does with them: by right, by mistake, and
where it fails. Every value is a canary: it is nowhere but where this story brings it."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from openpyxl import load_workbook
from PIL import Image
from psycopg import sql

from tests.conftest import Site
from tests.desk import Person, new_phone
from tests.e2e.shop import GAME, Shop, minutes_ago, today

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OTHER = "another's "
PLAYERS, TICKETS, SALES = ("table:players.", "table:tickets.", "table:sales.")


@dataclass
class Canaries:
    """Values by what they are, and the kinds of places where each belongs; a value that belongs nowhere was refused,
    searched for, or said where nothing is kept."""

    values: dict[str, str] = field(default_factory=dict)
    home: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of_the_erased(self) -> dict[str, str]:
        """The values of those who will ask to be forgotten; the others' names say so."""
        return {what: value for what, value in self.values.items() if not what.startswith(OTHER)}

    def new(self, what: str, *home: str) -> str:
        """A new text, Chinese in part, so that every way of escaping it shows."""
        return self.keep(what, f"雀{secrets.token_hex(5)}鸟", *home)

    def keep(self, what: str, value: str, *home: str) -> str:
        assert what not in self.values
        self.values[what], self.home[what] = value, home
        return value

    def phone(self, what: str, *home: str) -> str:
        return self.keep(what, new_phone(), *home)

    def wechat(self, what: str, *home: str) -> str:
        return self.keep(what, f"wx_{secrets.token_hex(6)}", *home)


@dataclass
class Story:
    """`answers`: everything that anybody was answered. `erased`: who is to be forgotten, with his canaries' names."""

    site: Site
    shop: Shop
    stranger: Person
    canaries: Canaries = field(default_factory=Canaries)
    answers: list[httpx.Response] = field(default_factory=list)
    player: dict[str, Any] = field(default_factory=dict)

    def tell(self) -> None:
        """All of it."""
        for person in (self.shop.agent, self.shop.lead, self.stranger):
            self._listen(person.http)
        self.a_player_comes()
        self.he_is_looked_for()
        self.he_asks_something()
        self.he_is_sold_something()
        self.others_come_in_spreadsheets()
        self.much_is_refused()
        self.his_game_fails()
        self.the_database_fails()

    def _listen(self, client: httpx.Client) -> None:
        """Browsers add to every request where they come from; proxies and tracers add their own."""

        def heard(response: httpx.Response) -> None:
            response.read()
            self.answers.append(response)

        client.event_hooks["response"].append(heard)
        c = self.canaries
        said = c.values.get("referer") or c.phone("referer")
        client.headers["Referer"] = f"{self.site.url}/players?q={said}"
        client.headers["User-Agent"] = f"Browser {c.values.get('browser') or c.wechat('browser')}"
        client.headers["X-Request-Id"] = c.values.get("request id") or c.phone("request id")
        client.headers["baggage"] = f"player={c.values.get('baggage') or c.phone('baggage')}"
        client.headers["tracestate"] = f"desk={c.values.get('tracestate') or c.wechat('tracestate')}"

    def a_player_comes(self) -> None:
        c, agent = self.canaries, self.shop.agent
        fields = {
            "wechat_id": c.wechat("his WeChat id", PLAYERS),
            "wechat_name": c.new("his name", PLAYERS),
            "note": c.new("the note about him", PLAYERS),
        }
        phone = c.phone("his phone", PLAYERS)
        called = {"nickname": c.new("his nickname", PLAYERS)}  # the games' own are others' as well
        self.shop.desk.games("PUT", f"/games/{GAME}/profiles", {"phone": f"+86{phone}", "change": called})
        player = agent.create_player(phone, **fields)
        path = f"/players/{player['player_id']}"

        def account() -> Any:
            profiles = agent.get(path).json()["profiles"]
            return next((p for p in profiles if p["game_id"] == GAME and p["state"] == "ok"), None)

        self.player = {**player, "account": self.shop.desk.eventually(account, within=30)}
        assert self.player["account"]["nickname"] == called["nickname"]
        whole = agent.get(path).json()
        phones = [c.values["his phone"], c.phone("his second phone", PLAYERS)]
        ok(agent.patch(path, {"phones": phones, "tags": [c.new("his tag", PLAYERS)]}, whole["version"]))
        ok(self.stranger.post(f"{path}/reveal", {"reason": c.new("why he was looked at", PLAYERS)}))

    def he_is_looked_for(self) -> None:
        c = self.canaries
        never_there = [c.phone("a phone nobody has"), c.wechat("a WeChat id nobody has"), c.new("a name nobody has")]
        known = [c.values[what] for what in ("his phone", "his WeChat id", "his name", "his nickname")]
        for person in (self.shop.agent, self.stranger):
            for words in never_there + known:
                for path in ("/search", "/players", "/home", "/ticket-search"):
                    ok(person.get(path, q=words))
        ok(self.shop.agent.get("/exports/players", owner=self.shop.agent.agent_id))

    def he_asks_something(self) -> None:
        c, agent, lead = self.canaries, self.shop.agent, self.shop.lead
        body = {
            "player_id": self.player["player_id"],
            "title": c.new("the ticket's title", TICKETS),
            "detail": f"电话 {c.phone('a phone in a ticket', TICKETS)} 未到账 {c.new('the question', TICKETS)}",
        }
        ticket = ok(agent.post("/tickets", body)).json()
        path = f"/tickets/{ticket['ticket_id']}"
        for kind, more in (("note", {}), ("reply", {}), ("consultation", {"department": "finance"})):
            ok(agent.post(f"{path}/entries", {"kind": kind, "text": c.new(f"a {kind}", TICKETS), **more}))
        picture = io.BytesIO()
        Image.new("RGB", (40, 30)).save(picture, "PNG")
        name = f"{c.new('the name of a picture', TICKETS)}.png"
        headers = {"Content-Type": "image/png", "Idempotency-Key": uuid4().hex}
        where = {"purpose": "problem", "name": name}
        ok(agent.http.post(f"{path}/attachments", params=where, content=picture.getvalue(), headers=headers))
        ticket = agent.get(path).json()
        step = {"to": "in_progress"}
        ticket = ok(agent.post(f"{path}/transitions", step, version=ticket["version"])).json()
        unsolved = {"to": "done", "reason": c.new("a reason that was refused")}
        refused(agent.post(f"{path}/transitions", unsolved, version=ticket["version"]))
        solved = {"to": "done", "solution": c.new("the solution", TICKETS)}
        ok(agent.post(f"{path}/transitions", solved, version=ticket["version"]))
        ok(lead.get("/exports/tickets", q=c.values["his phone"]), 200, 400)

    def he_is_sold_something(self) -> None:
        c, shop = self.canaries, self.shop
        touch = {"player_id": self.player["player_id"], "outcome": "thinking", "follow_up_on": today().isoformat()}
        refused(shop.agent.post("/touches", {**touch, "outcome": "lost", "situation": c.new("a lost situation")}))
        # Sales may not have heard of him yet: the gateway waits, and says so if that takes too long.
        situation = c.new("the situation of a touch", SALES)
        shop.desk.eventually(lambda: shop.agent.post("/touches", {**touch, "situation": situation}).status_code == 201)
        (item,) = shop.items(60, 1)
        pack = shop.pack((item, 1))
        quote = shop.quote(self.player, pack, note=c.new("the note of a quote", SALES))
        withdrawn = {"reason": c.new("why a quote was withdrawn", SALES)}
        ok(shop.agent.post(f"/quotes/{quote['quote_id']}/withdraw", withdrawn, version=quote["version"]), 200, 204)
        order = shop.sell(self.player, pack)
        shop.delivered(order)
        refund = {"amount_fen": 1, "reason": c.new("why he got money back", SALES), "method": "wechat_pay"}
        ok(shop.lead.post(f"/orders/{order['order_id']}/refunds", {**refund, "refunded_at": minutes_ago(0)}))
        kept_from = {"reason": c.new("a refusal without a right to it"), "amount_fen": 1, "method": "wechat_pay"}
        refused(shop.agent.post(f"/orders/{order['order_id']}/refunds", {**kept_from, "refunded_at": minutes_ago(0)}))

    def others_come_in_spreadsheets(self) -> None:
        c, agent = self.canaries, self.shop.agent
        template = agent.get("/player-import-template").content
        book = load_workbook(io.BytesIO(template))
        header = [cell.value for cell in next(book.worksheets[0].iter_rows())]
        xlsx = self._person("in xlsx")
        book.worksheets[0].append(xlsx)
        book.worksheets[0].append([c.new(f"{OTHER}row in xlsx", PLAYERS), None, "名"])
        file = io.BytesIO()
        book.save(file)
        self._import(file.getvalue(), XLSX, f"{c.new(f'{OTHER}file', PLAYERS)}.xlsx")
        csv = self._person("in csv", OTHER)
        lines = [
            ",".join(str(cell or "") for cell in header),
            ",".join(csv),
            f"{c.new(f'{OTHER}row in csv', PLAYERS)},,x",
        ]
        self._import("\n".join(lines).encode(), "text/csv", "players.csv")
        broken = c.new("a spreadsheet that is none")
        where = self._upload(b"PK\x03\x04" + broken.encode(), XLSX, "broken.xlsx")
        if where:
            self.shop.desk.eventually(lambda: agent.get(where).json()["state"] == "failed", within=30)

    def _person(self, place: str, whose: str = "his ") -> list[str]:
        """The first cells of a row, in the order of the template."""
        c = self.canaries
        return [
            c.phone(f"{whose}phone {place}", PLAYERS),
            c.wechat(f"{whose}WeChat id {place}", PLAYERS),
            c.new(f"{whose}name {place}", PLAYERS),
        ]

    def _import(self, content: bytes, media_type: str, name: str) -> None:
        agent = self.shop.agent
        path = self._upload(content, media_type, name)
        self.shop.desk.eventually(lambda: agent.get(path).json()["state"] == "checked", within=30)
        ok(agent.post(f"{path}/run", {"mode": "good"}), 202)
        self.shop.desk.eventually(lambda: agent.get(path).json()["state"] == "done", within=30)

    def _upload(self, content: bytes, media_type: str, name: str) -> str:
        headers = {"Content-Type": media_type, "Idempotency-Key": uuid4().hex}
        answer = self.shop.agent.http.post(
            "/player-imports", content=content, params={"file_name": name}, headers=headers
        )
        return f"/player-imports/{answer.json()['import_id']}" if answer.status_code == 202 else ""

    def much_is_refused(self) -> None:
        c, agent, his = self.canaries, self.shop.agent, self.canaries.values
        path = f"/players/{self.player['player_id']}"
        refused(agent.post("/players", {"phone": his["his phone"]}), 409)
        refused(agent.post("/players", {"phone": his["his second phone"], "wechat_id": his["his WeChat id"]}), 409)
        refused(agent.post("/players", {"phone": f"{c.phone('a phone with a letter')}x"}))
        refused(agent.post("/players", {"phone": new_phone(), "nickname": c.new("a field that is not known")}))
        refused(agent.post("/players", {"phone": new_phone(), "note": c.new("a note that is too long") * 1000}))
        refused(agent.post("/players", [c.phone("a phone in a list")]))
        for what in ("broken JSON", "a text that is no JSON"):
            body = f'{{"phone": "{c.phone(f"a phone in {what}")}", '.encode()
            headers = {"Content-Type": "application/json" if what == "broken JSON" else "text/plain"}
            refused(agent.http.post("/players", content=body, headers={**headers, "Idempotency-Key": uuid4().hex}))
        refused(agent.get(f"/players/{c.phone('a phone in a path')}"))
        refused(agent.get(f"/nowhere/{c.new('a word in a path')}"))
        refused(agent.get("/players", q="x", limit=c.phone("a phone as a limit")))
        refused(agent.get("/players", phone=c.phone("a phone as a parameter")))
        refused(agent.get("/tickets", player_id=c.wechat("a WeChat id as an id")))
        refused(agent.get("/players", owner=agent.agent_id, cursor=c.new("a cursor that is none")))
        refused(self.stranger.patch(path, {"note": c.new("a note of a stranger")}, 1), 403, 404, 412)
        refused(agent.http.patch(path, json={}, headers={"If-Match": f'"{c.phone("a phone as a version")}x"'}))
        with httpx.Client(base_url=f"{self.site.url}/api", trust_env=False, timeout=20) as nobody:
            self._listen(nobody)
            sign_in = {"agent_id": f"KF{c.phone('an id that failed')}", "password": c.new("a password that failed")}
            refused(nobody.post("/session", json=sign_in), 400, 401)
            refused(nobody.get("/players", headers={"Authorization": f"Bearer {c.wechat('a bearer')}"}), 401)
            refused(nobody.get("/session", headers={"Cookie": f"gamedesk_session={c.wechat('a cookie')}"}), 401)
            refused(nobody.get(f"{self.site.url}/{c.wechat('a file that is not there')}.js"), 404)
            nobody.get(f"{self.site.url}/players", params={"q": c.phone("a phone in a page's address")})

    def his_game_fails(self) -> None:
        """An error and nonsense, each with his phone in the question."""
        desk, log = self.shop.desk, self.site.product.state.logs / "players-worker.log"

        def complaints() -> int:
            return log.read_text("utf-8").count("game_did_not_answer")

        try:
            for fault in ({"mode": "error", "error_status": 500}, {"mode": "wrong", "wrong": "html"}):
                before = complaints()
                desk.games("PUT", f"/games/{GAME}/faults", {**fault, "operations": ["find_profiles"]})
                self.shop.agent.create_player(self.canaries.phone(f"{OTHER}phone, game: {fault['mode']}", PLAYERS))
                desk.eventually(lambda before=before: complaints() > before, within=30)
        finally:
            desk.games("PUT", f"/games/{GAME}/faults", {"mode": "none"})

    def the_database_fails(self) -> None:
        """While a table is missing, whatever asks for somebody by his phone ends as an error of ours."""
        with self.missing("players", "player_phones"):
            words = self.canaries.phone("a phone while the database failed")
            assert self.shop.agent.get("/players", q=words).status_code == 500
            assert self.shop.agent.post("/players", {"phone": words}).status_code == 500
            self.shop.agent.get("/search", q=words)

    @contextmanager
    def missing(self, database: str, table: str) -> Iterator[None]:
        """The table is called otherwise for the length of the block."""
        here, away = sql.Identifier(table), sql.Identifier(f"{table}_away")
        rename = sql.SQL("ALTER TABLE {} RENAME TO {}")
        with self.site.product.layout.postgres.connect(database) as connection:
            connection.execute(rename.format(here, away))
            try:
                yield
            finally:
                connection.execute(rename.format(away, here))


def ok(response: httpx.Response, *statuses: int) -> httpx.Response:
    assert response.status_code in (statuses or (200, 201, 202)), f"{response.request.url.path}: {response.text}"
    return response


def refused(response: httpx.Response, *statuses: int) -> httpx.Response:
    known = response.status_code in statuses if statuses else 400 <= response.status_code < 500
    assert known, f"{response.request.url.path}: {response.status_code} {response.text}"
    return response
