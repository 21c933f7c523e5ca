"""Things to sell, for tests that need them."""

from __future__ import annotations

from typing import Any

from tests.desk import Desk, Person


def pack_on_sale(admin: Person, desk: Desk, *, name: str = "周末礼包", items: int = 1) -> dict[str, Any]:
    """A pack of items that came from the game, known to sales: what `POST /packs` answered."""

    def known() -> list[dict[str, Any]]:
        return admin.get("/items", game_id="xiyou", limit=50).json()["items"]

    found = desk.eventually(known, within=30)
    contents = [{"item_id": item["item_id"], "quantity": 2} for item in found[:items]]
    pack = admin.post("/packs", {"name": name, "discount_bp": 2000, "contents": contents}).json()
    desk.eventually(lambda: admin.get(f"/offers/{pack['code']}").status_code == 200)
    return pack
