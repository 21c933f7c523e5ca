"""What hard operations need to be granted: each gets the thing, made just before, that its request is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fuzz.desk import Desk, ago, campaign_body, days_ahead
from tests.fuzz.world import KEPT, KEPT_ITEMS


@dataclass(frozen=True)
class Prepared:
    """A request that is granted when nothing is added to it: `path` parameters in their order in the path, the `body`,
    the `query`, the `version` for If-Match, and who sends it."""

    path: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    caller: str = "KF001"


Preparation = Callable[[Desk], Prepared]
_PREVIEW = {"game_id": KEPT, "changes": [{"code": KEPT_ITEMS[0], "game_price_fen": 900}]}
WHY = {"reason": "because"}


def _of(make: Callable[[Desk], dict[str, Any]], name: str, body: dict[str, Any] | None = None) -> Preparation:
    """About the thing that `make` makes, at its version: `name` is the field that holds its id."""

    def prepare(desk: Desk) -> Prepared:
        thing = make(desk)
        return Prepared((str(thing[name]),), body or {}, version=thing.get("version"))

    return prepare


def _create_handoff(desk: Desk) -> Prepared:
    desk.world.work("create_handoff")  # there is one at a time
    return Prepared(body={"from_agent_id": "KF003", "to_agent_id": "KF002", **WHY})


def _create_resync(desk: Desk) -> Prepared:
    desk.world.end_resyncs()  # there is one at a time, which waits for a game that is not here
    return Prepared(body={"game_ids": [KEPT]})


def _run_player_import(desk: Desk) -> Prepared:
    _end_imports(desk)  # an agent has only so many under way
    sheet = f"手机,微信名\n{desk.phone()},某人\n".encode()
    import_id = desk.post("players", "/player-imports?file_name=a.csv", sheet)["import_id"]
    _end_imports(desk)
    return Prepared((import_id,), {"mode": "good"})


def _end_imports(desk: Desk) -> None:
    """A turn of the worker ends after some seconds, whatever is left."""
    for _ in range(100):
        desk.world.work("import_players")
        listed = desk.get("players", "/player-imports?limit=100")["items"]
        if not any(one["state"] in ("checking", "running") for one in listed):
            return


def _merge_players(desk: Desk) -> Prepared:
    stays, goes = desk.player(), desk.player()
    body = {"loser_id": goes["player_id"], "loser_version": goes["version"]}
    return Prepared((stays["player_id"],), body, version=stays["version"])


def _undo_merge(desk: Desk) -> Prepared:
    merge = _merge_players(desk)
    made = desk.post("players", f"/players/{merge.path[0]}/merges", merge.body, by="KF001", version=merge.version)
    return Prepared((made["merge_id"],), WHY)


def _attach_children(desk: Desk) -> Prepared:
    return Prepared((desk.ticket()["ticket_id"],), {"ticket_ids": [desk.ticket()["ticket_id"]]})


def _get_incident_answer(desk: Desk) -> Prepared:
    ordered = desk.post("tickets", f"/tickets/{desk.incident()[0]}/incident-answers", {"text": "so it is"})
    return Prepared((ordered["answer_id"],))


def _replay(service: str) -> Preparation:
    return lambda desk: Prepared((str(desk.world.bury(service)),))


def _retry_delivery(desk: Desk) -> Prepared:
    """Sold to a player of whom no account was known; now one is."""
    order = desk.order("alipay")
    profile_id = desk.world.tell_of_profile(order["player_id"])
    return Prepared((order["order_id"],), {"profile_id": profile_id}, version=order["version"])


def _extend_quote(desk: Desk) -> Prepared:
    quote = desk.quote()
    later = (datetime.now(UTC) + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Prepared((quote["quote_id"],), {"expires_at": later, **WHY}, version=quote["version"])


def _create_refund(desk: Desk) -> Prepared:
    order = desk.order("alipay")
    return Prepared((order["order_id"],), {"amount_fen": 1, "method": "other", "refunded_at": ago(0), **WHY})


def _postpone(desk: Desk) -> Prepared:
    touch = desk.touch("thinking", follow_up_on=days_ahead(3))
    return Prepared((touch["touch_id"],), {"due_on": days_ahead(5)}, version=1)


def _blocked(body: dict[str, Any]) -> Preparation:
    return lambda desk: Prepared((desk.touch("do_not_contact")["player_id"],), body)


def _draw_campaign(desk: Desk) -> Prepared:
    return Prepared(body={"campaign_id": desk.campaign(launched=True)["campaign_id"]})


def _get_campaign_draw(desk: Desk) -> Prepared:
    campaign_id = desk.campaign(launched=True)["campaign_id"]
    desk.post("sales", "/campaign-draws", {"campaign_id": campaign_id}, by="KF001")
    return Prepared((campaign_id,))


def _held_item(desk: Desk) -> dict[str, Any]:
    item = desk.item()
    desk.world.price(KEPT, item["code"], 1_000_000, version=2)  # too much to be believed at once
    return desk.get("catalog", f"/items/{item['item_id']}")


def _decide_held_prices(desk: Desk) -> Prepared:
    item = _held_item(desk)
    chosen = {"item_id": item["item_id"], "version": item["version"]}
    return Prepared(body={"items": [chosen], "decision": "apply", **WHY})


def _pack_body(desk: Desk) -> dict[str, Any]:
    return {"discount_bp": 100, "contents": desk.contents()}


def _edit_pack(desk: Desk) -> Prepared:
    pack = desk.pack()
    return Prepared((pack["pack_id"],), {"discount_bp": 100, "contents": desk.contents(5)}, version=pack["version"])


def _get_reply_text(desk: Desk) -> Prepared:
    query = {"template_id": desk.template()["template_id"], "ticket_id": desk.ticket()["ticket_id"]}
    return Prepared(query=query, caller="KF002")


PREPARATIONS: Mapping[str, Preparation] = {
    "erase_player": _of(Desk.player, "player_id", WHY),
    "edit_player": _of(Desk.player, "player_id", {"note": "new"}),
    "create_handoff": _create_handoff,
    "create_resync": _create_resync,
    "run_player_import": _run_player_import,
    "merge_players": _merge_players,
    "undo_merge": _undo_merge,
    "edit_ticket": _of(Desk.ticket, "ticket_id", {"detail": "new"}),
    "append_entry": _of(Desk.ticket, "ticket_id", {"kind": "note", "text": "new"}),
    "attach_children": _attach_children,
    "detach_child": lambda desk: Prepared(desk.incident()),
    "answer_incident": lambda desk: Prepared(desk.incident()[:1], {"text": "so it is"}),
    "get_incident_answer": _get_incident_answer,
    "get_attachment": _of(Desk.picture_of_ticket, "attachment_id"),
    "get_attachment_thumbnail": _of(Desk.picture_of_ticket, "attachment_id"),
    "remove_attachment": _of(Desk.picture_of_ticket, "attachment_id"),
    "create_quote": lambda desk: Prepared(body=desk.sale(), caller="KF002"),
    "get_quote": _of(Desk.quote, "quote_id"),
    "withdraw_quote": _of(Desk.quote, "quote_id", WHY),
    "extend_quote": _extend_quote,
    "create_order": lambda desk: Prepared(body=desk.order_body(), caller="KF002"),
    "get_order": _of(Desk.order, "order_id"),
    "verify_order": _of(Desk.order, "order_id"),
    "reject_payment": _of(Desk.order, "order_id", WHY),
    "cancel_order": _of(Desk.order, "order_id", WHY),
    "create_refund": _create_refund,
    "retry_delivery": _retry_delivery,
    "take_recovery_proposal": _of(Desk.proposal, "proposal_id", {"due_on": days_ahead(3)}),
    "dismiss_recovery_proposal": _of(Desk.proposal, "proposal_id", WHY),
    "postpone_follow_up": _postpone,
    "get_contact_block": _blocked({}),
    "lift_contact_block": _blocked(WHY),
    "draw_campaign": _draw_campaign,
    "get_campaign_draw": _get_campaign_draw,
    "create_pack": lambda desk: Prepared(body={"name": "new", **_pack_body(desk)}),
    "preview_pack_price": lambda desk: Prepared(body=_pack_body(desk)),
    "edit_pack": _edit_pack,
    "submit_pack": _of(lambda desk: desk.pack(draft=True), "pack_id"),
    "retire_pack": _of(Desk.pack, "pack_id"),
    "approve_pack": _of(lambda desk: desk.pack(discount_bp=3000), "pack_id"),
    "reject_pack": _of(lambda desk: desk.pack(discount_bp=3000), "pack_id", WHY),
    "create_campaign": lambda _desk: Prepared(body=campaign_body()),
    "edit_campaign": _of(Desk.campaign, "campaign_id", {"name": "new"}),
    "launch_campaign": _of(Desk.campaign, "campaign_id"),
    "end_campaign": _of(lambda desk: desk.campaign(launched=True), "campaign_id"),
    "list_campaign_packs": _of(Desk.campaign, "campaign_id"),
    "create_discount_rule": lambda desk: Prepared(body=desk.rule_body()),
    "delete_discount_rule": _of(Desk.discount_rule, "rule_id"),
    "get_price_impact": lambda desk: Prepared((desk.price_impact(),)),
    "list_price_impact_packs": lambda desk: Prepared((desk.price_impact(),)),
    "preview_price_impact": lambda _desk: Prepared(body=_PREVIEW),
    "override_price": _of(Desk.item, "item_id", {"override_price_fen": 1000, **WHY}),
    "decide_held_price": _of(_held_item, "item_id", {"decision": "apply", **WHY}),
    "decide_held_prices": _decide_held_prices,
    "tickets_replay_dead_letter": _replay("tickets"),
    "sales_replay_dead_letter": _replay("sales"),
    "catalog_replay_dead_letter": _replay("catalog"),
    "get_home_player": _of(Desk.player, "player_id"),
    "get_timeline": _of(Desk.player, "player_id"),
    "get_price_impact_view": lambda desk: Prepared((desk.price_impact(),)),
    "preview_price_impact_view": lambda _desk: Prepared(body=_PREVIEW),
    "get_campaign_call_list": lambda desk: Prepared(query={"campaign_id": desk.campaign(launched=True)["campaign_id"]}),
    "get_reply_text": _get_reply_text,
    "export_list": lambda _desk: Prepared(("players",)),
}


def preparation(service: str, operation_id: str) -> Preparation | None:
    """What the operation needs; in the gateway's contract, operations of one name begin with their service's."""
    return PREPARATIONS.get(operation_id) or PREPARATIONS.get(f"{service}_{operation_id}")
