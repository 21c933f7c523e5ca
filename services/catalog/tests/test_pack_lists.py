"""The list of packs: filters, sorts, pages; plans at 100,000 packs. R24."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from gamedesk_catalog.commands import discount_rules
from gamedesk_catalog.model.business_days import SHANGHAI, business_day, day_bounds
from gamedesk_catalog.model.packs import PackFilter, PackSort
from gamedesk_catalog.queries import approvals, campaigns, packs
from gamedesk_catalog.queries import discount_rules as rule_queries
from gamedesk_catalog.repository import campaigns as campaign_rows
from gamedesk_chassis.clock import now, rfc3339
from gamedesk_chassis.database import Database
from gamedesk_chassis.pagination import encode_cursor
from gamedesk_chassis.principal import Principal
from gamedesk_testing.api_client import ApiClient
from sqlalchemy import Connection, event, text

from .conftest import migrate_catalog

As = Callable[[str], ApiClient]
NewPack = Callable[..., dict[str, Any]]
LEAD = Principal("KF002", "lead", "A")
PACK = UUID("00000000-0000-7000-8000-000000050000")
PLAYER, CAMPAIGN = UUID(int=5), UUID(int=4)
FEW_BLOCKS = 2000
# 200 packs at a time, each in every index.
JUDGED_BLOCKS = 200 * 60
SMALL = {"discount_rules", "pack_judging", "agent_copies", "items"}

# A year of packs: the last tenth is on sale, every tenth is for one player, every other is of one of 100 campaigns.
SEED = """
INSERT INTO packs (pack_id, code, name, name_key, name_grams, game_id, state, discount_bp, list_price_fen, price_fen,
                   currency, allowed_as, revision, version, campaign_id, player_id, valid_from, valid_until, created_by,
                   revised_by, created_at, updated_at, state_since)
SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
       translate(lpad(to_hex(n), 5, 'z'), '01', 'xy'), '礼包' || n, '礼包' || n, ARRAY['礼', '包', '礼包', n::text],
       CASE WHEN n % 50 = 0 THEN 'sanguo' ELSE 'xiyou' END,
       CASE WHEN n % 200 = 0 THEN 'review' WHEN n % 199 = 0 THEN 'pending_approval' WHEN n > 90000 THEN 'active'
            WHEN n % 7 = 0 THEN 'draft' ELSE 'retired' END,
       1000, n, n * 9 / 10, 'CNY', 'agent', 1, 1,
       CASE WHEN n % 2 = 0 THEN ('00000000-0000-0000-0000-' || lpad(to_hex(n % 100), 12, '0'))::uuid END,
       CASE WHEN n % 10 = 0 THEN ('00000000-0000-0000-0000-' || lpad(to_hex(n % 10000 + 5), 12, '0'))::uuid END,
       now() + n * interval '6 minutes' - interval '400 days', now() + n * interval '6 minutes' - interval '370 days',
       'KF' || n % 300, 'KF' || n % 300, now(), now(), now() - n * interval '1 minute'
FROM generate_series(1, 100000) n;
INSERT INTO pack_contents (pack_id, item_id, position, quantity, unit_price_fen)
SELECT pack_id, item_id, 0, 1, 1000 FROM packs, (SELECT item_id FROM items WHERE code = 'XIYOU-1') i;
INSERT INTO pack_contents (pack_id, item_id, position, quantity, unit_price_fen)
SELECT pack_id, item_id, 1, 1, 1000 FROM packs, (SELECT item_id FROM items WHERE code = 'XIYOU-2') i
WHERE price_fen % 9000 = 0;
UPDATE packs SET rejected_by = 'KF002', rejected_reason = '太便宜' WHERE state = 'draft' AND list_price_fen % 50 = 7;
INSERT INTO pack_revisions (pack_id, revision, name, description, discount_bp, list_price_fen, price_fen, rounding,
                            contents, made_by, made_at)
SELECT pack_id, n, name, '', 1000, 1, 1, 'fen', '[]', created_by, now() FROM packs, generate_series(1, 2) n;
INSERT INTO campaigns (campaign_id, name, theme, starts_on, ends_on, game_ids, pack_ids, segment, note, state,
                       created_by, version, created_at, updated_at)
SELECT ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, '周末', '坐骑', '2026-01-01', '2026-01-02',
       CASE WHEN n % 500 = 4 THEN '{sanguo}' ELSE '{xiyou}' END::text[],
       ARRAY(SELECT ('00000000-0000-7000-8000-' || lpad((97 * k + n % 7)::text, 12, '0'))::uuid
             FROM generate_series(1, 100) k),
       '{"tiers": []}', '', CASE WHEN n % 1000 = 4 THEN 'running' WHEN n % 3 = 0 THEN 'draft' ELSE 'ended' END, 'KF002',
       1, now(), now()
FROM generate_series(1, 20000) n;
INSERT INTO discount_rule_changes (change_id, rule_id, changed_by, changed_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'KF001', now() FROM generate_series(1, 20000);
"""


def listed(as_agent: As, **filters: Any) -> list[str]:
    """All pages of two."""
    codes, cursor = [], {}
    while True:
        page = as_agent("KF004").get("/packs", limit=2, **filters, **cursor).json()
        codes += [pack["code"] for pack in page["items"]]
        if page["next_cursor"] is None:
            return codes
        cursor = {"cursor": page["next_cursor"]}


def test_packs_are_listed_by_campaign_player_and_sorted__R24(
    as_agent: As, new_pack: NewPack, new_campaign: Callable[..., str]
) -> None:
    campaign, player = new_campaign("xiyou"), str(uuid4())
    a = new_pack({"XIYOU-1": 3}, name="B 礼包", campaign_id=campaign)["code"]
    b = new_pack({"XIYOU-1": 1}, name="c 礼包", player_id=player)["code"]
    c = new_pack({"XIYOU-1": 2}, name="A 礼包", campaign_id=campaign, player_id=player)["code"]
    d = new_pack({"XIYOU-1": 1}, name="d 礼包", draft=True)["code"]

    assert listed(as_agent) == [d, c, b, a]
    assert listed(as_agent, sort="name") == [c, a, b, d]
    assert listed(as_agent, sort="price") == [b, d, c, a]
    assert listed(as_agent, campaign_id=campaign) == [c, a]
    assert listed(as_agent, player_id=player, sort="price") == [b, c]
    assert listed(as_agent, campaign_id=campaign, player_id=player, state="active") == [c]
    assert listed(as_agent, state="draft", sort="name") == [d]


def test_packs_are_listed_by_item__R24(as_agent: As, new_pack: NewPack, item_of: Callable[..., Any]) -> None:
    both = new_pack({"XIYOU-1": 1, "XIYOU-2": 1})["code"]
    one = new_pack({"XIYOU-1": 3})["code"]
    item = item_of("XIYOU-1")["item_id"]

    assert listed(as_agent, item_id=item) == [one, both]
    assert listed(as_agent, item_id=item, sort="price", created_by="KF003") == [both, one]
    assert listed(as_agent, item_id=item_of("XIYOU-2")["item_id"]) == [both]
    assert listed(as_agent, item_id=item_of("XIYOU-3")["item_id"]) == []


def test_drafts_that_were_given_back_are_listed_until_they_are_submitted__R23(as_agent: As, new_pack: NewPack) -> None:
    pack = new_pack({"XIYOU-1": 1}, 4000)
    new_pack({"XIYOU-1": 1}, draft=True)
    as_agent("KF002").post(f"/packs/{pack['code']}/reject", {"reason": "太便宜"}, version=1)

    assert listed(as_agent, rejected="true", created_by="KF003") == [pack["code"]]
    as_agent("KF003").post(f"/packs/{pack['code']}/submit", version=2)
    assert listed(as_agent, rejected="true") == []


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "best"},
        {"item_id": "x"},
        {"valid_on": "2026-02-30"},
        {"valid_on": "today"},
        {"valid_on": "3000-01-01"},
        {"player_id": "x"},
        {"cursor": encode_cursor([1, str(UUID(int=1))])},
        {"sort": "price", "cursor": encode_cursor(["礼", str(UUID(int=1))])},
    ],
)
def test_a_wrong_filter_is_refused__R24(as_agent: As, query: dict[str, str]) -> None:
    assert as_agent("KF004").get("/packs", **query).status_code == 400


def test_the_first_and_the_last_day_that_can_be_asked_for_are_answered__R24(as_agent: As, new_pack: NewPack) -> None:
    always = new_pack({"XIYOU-1": 1})["code"]

    for day in ("2000-01-01", "2999-12-31"):
        assert listed(as_agent, valid_on=day) == [always]


def test_valid_on_is_for_sale_at_some_time_of_that_day_in_shanghai__R24(as_agent: As, new_pack: NewPack) -> None:
    today = business_day(now())

    def at(days: int, **shift: int) -> str:
        return str(rfc3339(day_bounds(today + timedelta(days=days))[0] + timedelta(**shift)))

    always = new_pack({"XIYOU-1": 1})["code"]
    three_days = new_pack({"XIYOU-1": 1}, valid_from=at(1), valid_until=at(4))["code"]
    an_hour = new_pack({"XIYOU-1": 1}, valid_from=at(2, hours=23), valid_until=at(3, seconds=1))["code"]
    ends = new_pack({"XIYOU-1": 1}, valid_until=at(2))["code"]

    def on(days: int) -> list[str]:
        return listed(as_agent, valid_on=(today + timedelta(days=days)).isoformat())

    assert on(0) == [ends, always]
    assert on(1) == [ends, three_days, always]
    assert on(2) == [an_hour, three_days, always], "an end at midnight is of the day before"
    assert on(3) == [an_hour, three_days, always]
    assert on(4) == [always]


def test_a_day_is_shanghais() -> None:
    begin, end = day_bounds(date(2026, 6, 1))
    assert (begin.isoformat(), end - begin) == ("2026-06-01T00:00:00+08:00", timedelta(days=1))
    assert begin.tzinfo is SHANGHAI


@pytest.fixture(scope="module")
def many_packs(fresh_database: Callable[..., str]) -> Iterator[Database]:
    database = Database(fresh_database("catalog", migrate_catalog), pool_size=1)
    while database.transact(discount_rules.judge_some):
        pass
    with database.begin() as tx:
        tx.execute(text("SET LOCAL statement_timeout = 120000"))
        tx.execute(text(SEED))
        tx.execute(text("ANALYZE"))
    yield database
    database.dispose()


def judge(tx: Connection) -> None:
    tx.execute(text("UPDATE discount_rules SET max_discount_bp = 3100 WHERE role = 'agent'"))
    discount_rules.judge_some(tx)


def pages(wanted: PackFilter, sort: PackSort = "newest", *after: Any) -> Callable[[Connection], Any]:
    return lambda tx: packs.list_packs(tx, wanted, sort, encode_cursor(after) if after else None, 50)


# Of XIYOU-1 are all packs, of the other few or none.
COMMON, RARE = "SELECT item_id FROM items WHERE code = 'XIYOU-1'", "SELECT item_id FROM items WHERE code = 'XIYOU-2'"


def with_item(query: str, sort: PackSort = "newest", *after: Any, **more: Any) -> Callable[[Connection], Any]:
    def read(tx: Connection) -> Any:
        item_id = tx.execute(text(query)).scalar_one()
        return pages(PackFilter(item_id=item_id, **more), sort, *after)(tx)

    return read


LAST_YEAR = business_day(now()) - timedelta(days=300)
USE_CASES: dict[str, Callable[[Connection], Any]] = {
    "newest": pages(PackFilter()),
    "older": pages(PackFilter(), "newest", PACK),
    "name": pages(PackFilter(), "name", "礼包5", PACK),
    "price": pages(PackFilter(), "price", 45_000, PACK),
    "active_by_price": pages(PackFilter(state="active"), "price", 85_000, PACK),
    "active_now": pages(PackFilter(state="active", valid_on=business_day(now()))),
    "drafts": pages(PackFilter(state="draft"), "newest", PACK),
    "game": pages(PackFilter(game_id="sanguo")),
    "maker": pages(PackFilter(created_by="KF7")),
    "campaign": pages(PackFilter(campaign_id=CAMPAIGN), "name"),
    "player": pages(PackFilter(player_id=PLAYER), "price"),
    "item_of_all": with_item(COMMON),
    "item_of_all_later": with_item(COMMON, "newest", PACK),
    "item_of_all_by_price": with_item(COMMON, "price", 45_000, PACK),
    "item_of_all_for_sale": with_item(COMMON, state="active"),
    "item_of_few": with_item(RARE),
    "item_of_few_by_name": with_item(RARE, "name"),
    "rejected_of_a_maker": pages(PackFilter(state="draft", created_by="KF7", rejected=True)),
    "valid_long_ago": pages(PackFilter(valid_on=LAST_YEAR, campaign_id=UUID(int=2))),
    "part_of_name": pages(PackFilter(text="77777")),
    "code": pages(PackFilter(text="zzz2")),
    "approvals": lambda tx: approvals.list_waiting(tx, LEAD, None, None, 50),
    "approvals_of_game": lambda tx: approvals.list_waiting(tx, LEAD, "sanguo", None, 50),
    "revisions": lambda tx: packs.list_revisions(tx, PACK, None, 50),
    "rule_changes": lambda tx: rule_queries.list_changes(tx, UUID(int=1), None, 50),
    "all_rule_changes": lambda tx: rule_queries.list_changes(tx, None, None, 50),
    "judging": judge,
    "campaigns": lambda tx: campaigns.list_campaigns(tx, None, None, None, 50),
    "older_campaigns": lambda tx: campaigns.list_campaigns(tx, None, None, encode_cursor([UUID(int=9000)]), 50),
    "running_campaigns": lambda tx: campaigns.list_campaigns(tx, "running", None, None, 50),
    "campaigns_of_game": lambda tx: campaigns.list_campaigns(tx, None, "sanguo", None, 50),
    "ended_campaigns_of_game": lambda tx: campaigns.list_campaigns(tx, "ended", "sanguo", None, 50),
    "campaigns_of_the_usual_game": lambda tx: campaigns.list_campaigns(tx, "draft", "xiyou", None, 50),
    "campaign_packs": lambda tx: campaigns.list_packs(tx, CAMPAIGN, None, 50),
    "older_campaign_packs": lambda tx: campaigns.list_packs(tx, CAMPAIGN, encode_cursor([PACK]), 50),
    "games_of_a_campaign": lambda tx: campaign_rows.games_in_use(tx, CAMPAIGN),
    "rules": rule_queries.list_rules,
}


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from steps(child)


@pytest.mark.large
@pytest.mark.parametrize("name", USE_CASES)
def test_lists_of_packs_read_little_of_100_000__R24(many_packs: Database, name: str) -> None:
    sent: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.setdefault(statement, parameters)

    with many_packs.engine.connect() as tx:
        event.listen(tx, "before_cursor_execute", note)
        USE_CASES[name](tx)
        tx.rollback()
    for statement, parameters in sent.items():
        with many_packs.engine.connect() as tx:
            explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            plan = tx.exec_driver_sql(explain, parameters).scalar_one()[0]["Plan"]
            tx.rollback()
        whole = {s["Relation Name"] for s in steps(plan) if s["Node Type"] == "Seq Scan"} - SMALL
        assert not whole, (statement, json.dumps(plan, indent=1))
        most = JUDGED_BLOCKS if statement.startswith("UPDATE packs") else FEW_BLOCKS
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= most, (statement, json.dumps(plan))
