"""Sums that have to come out: what clients paid (I8), what was given back, what the games delivered."""

from __future__ import annotations

from tests.faults.harness.checks.evidence import Evidence, named


def one_order_per_key__i7(evidence: Evidence) -> list[str]:
    """Each order came of one key, and each key of an order led to one."""
    pairs = """
        SELECT coalesce(order_id::text, resource_id || ' (no such order)') FROM orders
        FULL JOIN (SELECT * FROM idempotency_keys WHERE operation = 'create_order') k ON resource_id = order_id::text
        GROUP BY order_id, resource_id HAVING count(order_id) <> 1 OR count(resource_id) <> 1 ORDER BY 1
    """
    return named("orders and keys do not belong together one by one", _first(evidence, "sales", pairs))


def orders_add_up__i8(evidence: Evidence) -> list[str]:
    """The orders in sales are worth what the clients were told that they sold, and so is what was given back."""
    findings = []
    for operation, query in (
        ("create_order", "SELECT coalesce(sum(amount_paid_fen), 0)::bigint FROM orders"),
        ("create_refund", "SELECT coalesce(sum(amount_fen), 0)::bigint FROM refunds"),
    ):
        told = sum(write.fen for write in evidence.writes if write.operation == operation and write.outcome == "ok")
        [(there,)] = evidence.rows("sales", query)
        if there != told:
            findings.append(f"{operation}: {there} fen are there, the clients were told of {told}")
    return findings


def totals_are_the_sum_of_their_parts(evidence: Evidence) -> list[str]:
    """What is kept as a total equals what it is the total of."""
    refunded = """
        SELECT order_id FROM orders WHERE refunded_fen <>
            (SELECT coalesce(sum(amount_fen), 0) FROM refunds WHERE refunds.order_id = orders.order_id) ORDER BY 1
    """
    # A person is all records that were merged into one.
    touched = """
        WITH persons AS (SELECT player_id, coalesce(merged_into, player_id) AS person FROM player_copies),
             counts AS (SELECT campaign_id, person, count(*) AS touches FROM touches JOIN persons USING (player_id)
                        WHERE campaign_id IS NOT NULL GROUP BY campaign_id, person)
        SELECT player_id FROM campaign_calls JOIN persons USING (player_id) LEFT JOIN counts USING (campaign_id, person)
        WHERE campaign_calls.touches <> coalesce(counts.touches, 0) ORDER BY 1
    """
    listed = """
        SELECT pack_id FROM packs WHERE list_price_fen <>
            (SELECT sum(quantity * unit_price_fen) FROM pack_contents c WHERE c.pack_id = packs.pack_id) ORDER BY 1
    """
    pushed = """
        SELECT cause_id || ' ' || item_id FROM item_price_changes WHERE source = 'push'
        GROUP BY cause_id, item_id HAVING count(*) > 1 ORDER BY 1
    """
    moved = """
        SELECT handoff_id FROM handoffs WHERE moved > total OR (state = 'done') <> (finished_at IS NOT NULL) ORDER BY 1
    """
    return [
        *named("orders with another total of refunds than their refunds", _first(evidence, "sales", refunded)),
        *named("campaign calls that count other touches than there are", _first(evidence, "sales", touched)),
        *named("packs that do not cost what is in them", _first(evidence, "catalog", listed)),
        *named("pushes that changed an item more than once", _first(evidence, "catalog", pushed)),
        *named("handoffs that moved more players than there were", _first(evidence, "players", moved)),
    ]


def delivered_once(evidence: Evidence) -> list[str]:
    """What the games gave is what was sold: for each delivered order one grant, none for anything else, and no order
    that is paid waits for ever."""
    owed = """
        SELECT order_id FROM orders LEFT JOIN deliveries USING (order_id)
        WHERE verified AND orders.state NOT IN ('cancelled', 'refunded') AND (deliveries.state IS NULL
            OR deliveries.state IN ('waiting', 'queued', 'failed') AND deliveries.profile_id IS NOT NULL) ORDER BY 1
    """
    findings = named("paid, with an account, and not delivered", _first(evidence, "sales", owed))
    if evidence.grants is None:
        return findings
    orders = dict(evidence.rows("sales", "SELECT order_id::text, state FROM deliveries"))
    granted = [str(grant["order_id"]) for grant in evidence.grants]
    undelivered = [id for id, state in orders.items() if state == "delivered" and id not in granted]
    return [
        *findings,
        *named("given more than once", sorted({id for id in granted if granted.count(id) > 1})),
        *named("given, and never sold", sorted(set(granted) - orders.keys())),
        *named("said to be delivered, and never given", sorted(undelivered)),
    ]


def _first(evidence: Evidence, service: str, query: str) -> list[str]:
    return [str(row[0]) for row in evidence.rows(service, query)]
