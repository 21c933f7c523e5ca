"""Categories with their forms, and tickets that are filled in by them (R9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from gamedesk_chassis.database import Database
from gamedesk_chassis.migrate import alembic_config, migrate
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.__main__ import SERVICE
from gamedesk_tickets.model.categories import MOST_CATEGORIES
from gamedesk_tickets.settings import Settings
from sqlalchemy import text

from .conftest import PLAYER_OF_KF003, NewTicket, Timeline

As = Callable[[str], ApiClient]

CHARGEBACK: dict[str, Any] = {
    "category_id": "chargeback",
    "name_zh": "拒付",
    "name_en": "Chargeback",
    "default_priority": "high",
    "form": [
        {"key": "bank", "label_zh": "银行", "label_en": "Bank", "kind": "text", "required": True},
        {"key": "amount", "label_zh": "金额", "label_en": "Amount", "kind": "number"},
        {"key": "day", "label_zh": "日期", "label_en": "Day", "kind": "date"},
        {"key": "card", "label_zh": "卡", "label_en": "Card", "kind": "choice", "options": ["借记卡", "信用卡"]},
        {"key": "known", "label_zh": "本人", "label_en": "By himself", "kind": "yes_no"},
    ],
}
ANSWERS: dict[str, Any] = {"bank": "工商银行", "amount": 648, "day": "2026-11-22", "card": "信用卡", "known": False}


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def pointer(response: Any) -> str:
    return response.json()["errors"][0]["pointer"]


def names(client: ApiClient) -> list[str]:
    return [category["category_id"] for category in client.get("/ticket-categories").json()["items"]]


@pytest.fixture
def lead(as_agent: As) -> ApiClient:
    return as_agent("KF002")


@pytest.fixture
def chargeback(lead: ApiClient) -> dict[str, Any]:
    created = lead.post("/ticket-categories", CHARGEBACK)
    assert created.status_code == 201, created.text
    return created.json()


def test_the_seven_categories_of_before_are_there__R9(agent: ApiClient) -> None:
    seven = ["account", "payment", "refund", "bug", "gameplay", "suggestion", "other"]

    assert names(agent) == seven
    for category in agent.get("/ticket-categories").json()["items"]:
        assert (category["active"], category["default_priority"], category["version"]) == (True, "normal", 1)
        assert not any(field["required"] for field in category["form"])


def test_leads_keep_the_categories_and_agents_read_them(
    agent: ApiClient, lead: ApiClient, chargeback: dict[str, Any]
) -> None:
    path = "/ticket-categories/chargeback"
    assert chargeback["form"][0] == {**CHARGEBACK["form"][0], "options": []}

    renamed = lead.patch(path, {"name_zh": "银行拒付", "form": []}, version=1)
    late = lead.patch(path, {"active": False}, version=1)

    assert (renamed.json()["name_zh"], renamed.json()["form"], renamed.headers["ETag"]) == ("银行拒付", [], '"2"')
    assert (late.status_code, late.json()["current"]["version"]) == (412, 2)
    assert names(agent)[-1] == "chargeback"
    assert agent.post("/ticket-categories", {**CHARGEBACK, "category_id": "mine"}).status_code == 403
    assert agent.patch(path, {"active": False}, version=2).status_code == 403
    assert lead.patch("/ticket-categories/unheard_of", {"active": False}, version=1).status_code == 404


def test_an_id_is_given_once_and_the_list_is_bounded(lead: ApiClient, database: Database) -> None:
    assert slug(lead.post("/ticket-categories", {**CHARGEBACK, "category_id": "refund"})) == "category-exists"
    with database.begin() as tx:
        tx.execute(
            text(
                "INSERT INTO ticket_categories SELECT 'c' || n, name_zh, name_en, active, default_priority, form,"
                " version, created_at, updated_at FROM ticket_categories, generate_series(1, :most) AS n"
                " WHERE category_id = 'other'"
            ),
            {"most": MOST_CATEGORIES - 7},
        )

    assert slug(lead.post("/ticket-categories", CHARGEBACK)) == "too-many-categories"
    assert len(names(lead)) == MOST_CATEGORIES


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ([CHARGEBACK["form"][0], CHARGEBACK["form"][0]], "/form/1/key"),
        ([{**CHARGEBACK["form"][3], "options": []}], "/form/0/options"),
        ([{**CHARGEBACK["form"][0], "options": ["甲"]}], "/form/0/options"),
    ],
    ids=["twice the same key", "a choice of nothing", "options of a text"],
)
def test_a_form_that_cannot_be_asked_is_refused(lead: ApiClient, fields: list[Any], where: str) -> None:
    refused = lead.post("/ticket-categories", {**CHARGEBACK, "form": fields})

    assert (refused.status_code, slug(refused), pointer(refused)) == (422, "form-definition", where)


def test_a_ticket_keeps_the_answers_to_its_form__R9(
    agent: ApiClient, new_ticket: NewTicket, chargeback: dict[str, Any]
) -> None:
    ticket = new_ticket(category="chargeback", form=ANSWERS)

    assert ticket["form"] == ANSWERS
    assert agent.get("/tickets").json()["items"][0]["form"] == ANSWERS
    assert new_ticket()["form"] == {}


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ({}, "/form/bank"),
        ({"bank": "  "}, "/form/bank"),
        ({"bank": 7}, "/form/bank"),
        ({**ANSWERS, "amount": "648"}, "/form/amount"),
        ({**ANSWERS, "amount": True}, "/form/amount"),
        ({**ANSWERS, "day": "2026-02-30"}, "/form/day"),
        ({**ANSWERS, "day": "20261122"}, "/form/day"),
        ({**ANSWERS, "card": "会员卡"}, "/form/card"),
        ({**ANSWERS, "known": "yes"}, "/form/known"),
        ({**ANSWERS, "13912345678": "red"}, "/form"),
    ],
    ids=str,
)
def test_a_form_is_held_to_its_category_at_recording_and_at_editing(
    agent: ApiClient, new_ticket: NewTicket, chargeback: dict[str, Any], form: dict[str, Any], where: str
) -> None:
    ticket = new_ticket(category="chargeback", form=ANSWERS)
    body = {"player_id": PLAYER_OF_KF003, "detail": "?", "category": "chargeback", "despite_open_ticket": True}

    recorded = agent.post("/tickets", {**body, "form": form})
    edited = agent.patch(f"/tickets/{ticket['ticket_id']}", {"form": form}, version=1)

    for refused in (recorded, edited):
        assert (refused.status_code, slug(refused), pointer(refused)) == (422, "form", where)


def test_another_category_keeps_the_answers_that_it_asks_for_too(
    agent: ApiClient, new_ticket: NewTicket, timeline: Timeline
) -> None:
    ticket = new_ticket(category="payment", form={"payment_number": "42", "paid_on": "2026-11-20", "amount_yuan": 6})
    path = f"/tickets/{ticket['ticket_id']}"

    moved = agent.patch(path, {"category": "refund"}, version=1).json()
    filled = agent.patch(path, {"category": "bug", "form": {"repeatable": True}}, version=2).json()

    assert moved["form"] == {"payment_number": "42", "amount_yuan": 6}
    assert filled["form"] == {"repeatable": True}
    _, first, second = timeline(ticket)
    assert {"field": "form.paid_on", "before": "2026-11-20", "after": None} in first["changes"]
    assert {"field": "form.repeatable", "before": None, "after": "true"} in second["changes"]


def test_a_changed_form_leaves_older_tickets_as_they_are_until_their_form_is_edited(
    agent: ApiClient, lead: ApiClient, new_ticket: NewTicket
) -> None:
    ticket = new_ticket(category="payment", form={"amount_yuan": 6})
    path = f"/tickets/{ticket['ticket_id']}"
    lead.patch("/ticket-categories/payment", {"form": CHARGEBACK["form"]}, version=1)

    assert agent.patch(path, {"priority": "high"}, version=1).json()["form"] == {"amount_yuan": 6}
    assert pointer(agent.patch(path, {"form": {"amount_yuan": 7}}, version=2)) == "/form"
    assert agent.patch(path, {"form": ANSWERS}, version=2).json()["form"] == ANSWERS


def test_an_inactive_category_takes_no_further_tickets(
    agent: ApiClient, lead: ApiClient, new_ticket: NewTicket
) -> None:
    old, other = new_ticket(category="bug"), new_ticket()
    lead.patch("/ticket-categories/bug", {"active": False}, version=1)
    body = {"player_id": PLAYER_OF_KF003, "detail": "?", "despite_open_ticket": True}

    refused = [
        agent.post("/tickets", {**body, "category": "bug"}),
        agent.post("/tickets", {**body, "category": "unheard_of"}),
        agent.patch(f"/tickets/{other['ticket_id']}", {"category": "bug"}, version=1),
    ]

    for response in refused:
        assert (response.status_code, slug(response), pointer(response)) == (422, "unknown-category", "/category")
    assert agent.patch(f"/tickets/{old['ticket_id']}", {"priority": "low"}, version=1).json()["category"] == "bug"
    assert names(agent)[-1] == "bug"


def test_the_priority_of_a_ticket_is_its_categorys_unless_one_is_given(
    new_ticket: NewTicket, chargeback: dict[str, Any]
) -> None:
    assert new_ticket(category="chargeback", form=ANSWERS)["priority"] == "high"
    assert new_ticket(category="chargeback", form=ANSWERS, priority="low")["priority"] == "low"
    assert new_ticket()["priority"] == "normal"


def test_tickets_whose_category_a_downgrade_took_away_are_of_other(
    agent: ApiClient, chargeback: dict[str, Any], new_ticket: NewTicket, settings: Settings, database: Database
) -> None:
    ticket = new_ticket(category="chargeback", form=ANSWERS)
    config = alembic_config(SERVICE.migrations)
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    migrate(settings.database_url, SERVICE.migrations)

    path = f"/tickets/{ticket['ticket_id']}"
    assert agent.get(path).json()["category"] == "other"
    assert agent.patch(path, {"form": {}}, version=1).status_code == 200


def test_a_ticket_of_no_known_category_gets_one_before_its_form_is_edited(
    agent: ApiClient, chargeback: dict[str, Any], new_ticket: NewTicket, database: Database
) -> None:
    path = f"/tickets/{new_ticket(category='chargeback', form=ANSWERS)['ticket_id']}"
    with database.begin() as tx:
        tx.execute(text("DELETE FROM ticket_categories WHERE category_id = 'chargeback'"))

    refused = agent.patch(path, {"form": {}}, version=1)

    assert (refused.status_code, slug(refused), pointer(refused)) == (422, "unknown-category", "/category")
    assert agent.patch(path, {"form": {}, "category": "other"}, version=1).status_code == 200
