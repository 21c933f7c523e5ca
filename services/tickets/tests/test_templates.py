"""Reply templates: who writes and sees them, and what may stand in them (B11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gamedesk_chassis.database import Database
from gamedesk_testing.api_client import ApiClient
from gamedesk_tickets.model.templates import MOST_PERSONAL, MOST_SHARED, PLACEHOLDERS
from sqlalchemy import text

As = Callable[[str], ApiClient]

SHARED = {"title": "问候", "text": "{player_name} 您好，我是 {agent_name}", "personal": False}
OWN = {**SHARED, "title": "我的问候", "personal": True}


def slug(response: Any) -> str:
    return response.json()["type"].removeprefix("urn:gamedesk:problem:")


def titles(client: ApiClient) -> list[str]:
    return [template["title"] for template in client.get("/reply-templates").json()["items"]]


def delete(client: ApiClient, template: dict[str, Any], version: int = 1) -> Any:
    path = f"/reply-templates/{template['template_id']}"
    return client.request("DELETE", path, headers={"If-Match": f'"{version}"'})


@pytest.fixture
def lead(as_agent: As) -> ApiClient:
    return as_agent("KF002")


def test_leads_write_what_all_share__B11(agent: ApiClient, lead: ApiClient) -> None:
    created = lead.post("/reply-templates", {**SHARED, "category_id": "payment", "position": 3})
    template = created.json()
    path = f"/reply-templates/{template['template_id']}"

    assert (created.status_code, created.headers["ETag"]) == (201, '"1"')
    assert template["owner_agent_id"] is None
    assert (template["personal"], template["active"], template["position"]) == (False, True, 3)
    assert agent.get(path).json() == template
    assert agent.get("/reply-templates").json()["items"] == [template]
    assert agent.post("/reply-templates", SHARED).status_code == 403
    assert agent.patch(path, {"title": "改"}, version=1).status_code == 403
    assert delete(agent, template).status_code == 403


def test_a_personal_template_is_its_agents_alone__B11(agent: ApiClient, lead: ApiClient, as_agent: As) -> None:
    template = agent.post("/reply-templates", OWN).json()
    path = f"/reply-templates/{template['template_id']}"
    assert (template["personal"], template["owner_agent_id"]) == (True, "KF003")
    assert titles(agent) == ["我的问候"]

    for other in (lead, as_agent("KF001"), as_agent("KF004")):
        assert titles(other) == []
        assert other.get(path).status_code == 404
        assert other.patch(path, {"title": "改"}, version=1).status_code == 404
        assert delete(other, template).status_code == 404

    assert agent.patch(path, {"text": "好的"}, version=1).json()["text"] == "好的"
    assert delete(agent, template, version=2).status_code == 204
    assert titles(agent) == []


def test_an_edit_needs_the_present_version(lead: ApiClient) -> None:
    template = lead.post("/reply-templates", SHARED).json()
    path = f"/reply-templates/{template['template_id']}"
    edited = lead.patch(path, {"active": False, "position": 9, "category_id": "bug"}, version=1).json()

    assert (edited["active"], edited["position"], edited["category_id"], edited["version"]) == (False, 9, "bug", 2)
    assert lead.patch(path, {"category_id": None}, version=2).json()["category_id"] is None
    stale = lead.patch(path, {"title": "晚了"}, version=1)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 3)
    assert delete(lead, template, version=1).status_code == 412
    assert lead.request("DELETE", path).status_code == 428


def test_the_list_is_in_the_order_of_positions(agent: ApiClient, lead: ApiClient) -> None:
    lead.post("/reply-templates", {**SHARED, "title": "二", "position": 2})
    agent.post("/reply-templates", {**OWN, "title": "一", "position": 1})
    lead.post("/reply-templates", {**SHARED, "title": "三", "position": 2})

    assert titles(agent) == ["一", "二", "三"]
    assert titles(lead) == ["二", "三"]


@pytest.mark.parametrize(
    ("content", "position"),
    [
        ("{player_name} 您好 {unknown}", 18),
        ("{Player_name}", 1),
        ("{{player_name}}", 1),
        ("您好 {player_name", 4),
        ("您好 }", 4),
        ("{}", 1),
    ],
)
def test_an_unknown_placeholder_is_refused_with_its_place__B11(lead: ApiClient, content: str, position: int) -> None:
    template = lead.post("/reply-templates", SHARED).json()

    created = lead.post("/reply-templates", {**SHARED, "text": content})
    edited = lead.patch(f"/reply-templates/{template['template_id']}", {"text": content}, version=1)

    for refused in (created, edited):
        assert (refused.status_code, slug(refused)) == (422, "unknown-placeholder")
        assert refused.json()["position"] == position
        assert refused.json()["errors"][0]["pointer"] == "/text"


def test_every_known_placeholder_is_accepted(agent: ApiClient) -> None:
    content = "".join(f"{{{name}}}" for name in PLACEHOLDERS)

    assert agent.post("/reply-templates", {**OWN, "text": content}).json()["text"] == content


def test_the_category_of_a_template_exists(agent: ApiClient) -> None:
    refused = agent.post("/reply-templates", {**OWN, "category_id": "unheard_of"})

    assert (refused.status_code, slug(refused)) == (422, "unknown-category")
    assert refused.json()["errors"][0]["pointer"] == "/category_id"


@pytest.mark.parametrize(("body", "most"), [(SHARED, MOST_SHARED), (OWN, MOST_PERSONAL)], ids=["shared", "personal"])
def test_no_list_of_templates_grows_without_end(
    lead: ApiClient, agent: ApiClient, database: Database, body: dict[str, Any], most: int
) -> None:
    lead.post("/reply-templates", body)
    with database.begin() as tx:
        tx.execute(
            text(
                "INSERT INTO reply_templates SELECT gen_random_uuid(), title, text, category_id, owner_agent_id,"
                " active, position, version, created_at, updated_at FROM reply_templates, generate_series(2, :most)"
            ),
            {"most": most},
        )

    assert slug(lead.post("/reply-templates", body)) == "too-many-templates"
    assert agent.post("/reply-templates", OWN).status_code == 201
    assert len(titles(lead)) == most
