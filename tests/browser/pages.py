"""Every page of the console: its address, and what shows that it is ready. A new page adds its line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Page:
    """
    `path` may name what `team.py` made (`{player}`); `ready` is a CSS selector that is there once the page shows its
    data. `steps` come between: what is clicked, or filled with a text, one after the other. `who` looks at it: the lead
    of the team, the administrator, or nobody yet. `shows` is its line in docs/screenshots.
    """

    name: str
    path: str
    ready: str
    shows: str
    steps: tuple[str | tuple[str, str], ...] = ()
    who: Literal["lead", "admin", "nobody"] = "lead"


def _(testid: str, rest: str = "") -> str:
    return f"[data-testid={testid}]{rest}"


def listed(testid: str) -> str:
    """A list with at least one row."""
    return f"[data-testid={testid}][data-status=ok] [data-testid=row]"


def at_top(wanted: str) -> str:
    """The first of its kind in the list."""
    return f"{_('row')} {_(wanted)}"


def picked(item: str) -> tuple[tuple[str, str], str]:
    """The steps that put an item into a pack."""
    return ((_("item-search"), item), _("item-search-found", f":has-text('{item}')"))


PLAYER = "/?player={player}"
DRAWN = f"body:has({_('chart-response', '[data-drawn=true]')}):has({_('kpi-row')})"
KNOWN = f"{_('player-view')}:has({_('pitch')}):has({_('ticket')}):has({_('order')})"

HOME = (
    Page("sign-in", "/", _("sign-in"), "Signing in", who="nobody"),
    Page("home", "/", f"body:has({_('choose-player')}):has({_('attention-row')})", "Home before a player is chosen"),
    Page("new-player", "/?q=13500135001", _("new-player-form"), "A search without match offers a new player"),
    Page("search", "/?q=孙悟空", f"{_('player-list')} {_('player-row')}", "A search by name"),
    Page("player", PLAYER, KNOWN, "Home with everything about a player"),
    Page(
        "player-touch",
        PLAYER,
        _("touch-reason"),
        "Recording a contact",
        (_("new-touch"), "label:has(input[value=lost])"),
    ),
    Page("player-order", PLAYER, _("offer-price"), "Recording a sale", (_("new-order"), (_("order-pack"), "{pack}"))),
    Page(
        "player-quote",
        PLAYER,
        _("quote-form", f" {_('offer-price')}"),
        "Promising a price",
        (_("new-quote"), (_("quote-pack"), "{pack}")),
    ),
    Page(
        "player-talk",
        PLAYER + "&ticket={ticket}",
        _("entry"),
        "A ticket's talk on the home page",
        (_("toggle-timeline"),),
    ),
    Page("player-timeline", PLAYER, _("event"), "All that happened to a player", (_("player-timeline", " h3"),)),
    Page("player-edit", PLAYER, _("edit-tags"), "Editing a player", (_("edit-player"),)),
    Page("player-history", PLAYER, _("change"), "What changed about a player", (_("act-history"),)),
    Page(
        "player-reveal", "/?player={of_colleague}", _("reveal-form"), "Asking for the full phone number", (_("reveal"),)
    ),
    Page("player-merge", PLAYER, _("player-merge"), "Merging players", (_("act-merge"),)),
    Page("player-hand-over", PLAYER, _("hand-over-to"), "Handing a player over", (_("act-handOver"),)),
    Page("player-erase", PLAYER, _("erase-reason"), "Erasing a player", (_("act-erase"),)),
    Page(
        "palette",
        PLAYER,
        _("choice"),
        "The palette: go anywhere, find anybody",
        (_("open-palette"), (_("palette-input"), "悟空")),
    ),
    Page("shortcuts", PLAYER, _("shortcut-help"), "The keys of a page", (_("agent-menu"), _("shortcuts"))),
    Page("agent-menu", "/", _("sign-out"), "The agent's menu", (_("agent-menu"),)),
)
TICKETS = (
    Page("tickets", "/tickets", listed("ticket-list"), "Tickets"),
    Page(
        "tickets-hand-over",
        "/tickets",
        _("bulk-to"),
        "Handing tickets over",
        (_("row-select"), _("bulk-transfer")),
    ),
    Page(
        "ticket",
        "/tickets/{ticket}",
        f"{_('ticket-panel')}:has({_('entry')}):has({_('picture', ' img')})",
        "A ticket with its pictures and its talk",
    ),
    Page("ticket-edit", "/tickets/{ticket}", _("edit-title"), "Editing a ticket", (_("edit-ticket"),)),
    Page(
        "incident",
        "/tickets/{incident}",
        f"{_('incident')} {_('child')}",
        "One cause of many tickets, answered at once",
    ),
)
SALES = (
    Page("follow-ups", "/sales/follow-ups", listed("follow-up-list"), "Follow-ups that are due"),
    Page("follow-up-day", "/sales/follow-ups", _("day-form"), "Moving a follow-up", (at_top("postpone"),)),
    Page(
        "proposals", "/sales/follow-ups?view=proposals", _("proposal-list", "[data-status=ok]"), "Players to win back"
    ),
    Page("contacts", "/sales/contacts", listed("contact-list"), "Contacts"),
    Page("quotes", "/sales/quotes", listed("quote-list"), "Quotes"),
    Page("quote-extend", "/sales/quotes", _("extend-form"), "Extending a quote", (at_top("extend"),)),
    Page("orders", "/orders", listed("order-list"), "Orders"),
    Page("orders-confirm", "/orders/confirm", listed("confirm-list"), "Payments to confirm"),
    Page("orders-reject", "/orders/confirm", _("reject-reason"), "Rejecting a payment", (at_top("reject"),)),
    Page("refunds", "/orders/refunds", listed("refund-list"), "Refunds"),
    Page("deliveries", "/orders/deliveries", listed("delivery-list"), "Deliveries that need somebody"),
    Page(
        "order",
        "/orders/{order}",
        f"{_('order-page')}:has({_('happened')}):has({_('refund')})",
        "An order with all that happened to it",
    ),
    Page(
        "order-refund",
        "/orders/{order}",
        _("refund-form-amount"),
        "Refunding an order",
        (_("order-refund"),),
        who="admin",
    ),
    Page(
        "order-unverified",
        "/orders/{order_unverified}",
        _("reject-form"),
        "An order whose payment is not confirmed",
        (_("order-reject"),),
        who="admin",
    ),
    Page(
        "order-failed",
        "/orders/{order_failed}",
        _("retry-form"),
        "An order that could not be delivered",
        (_("order-retry"),),
        who="admin",
    ),
)
CAMPAIGNS = (
    Page("campaigns", "/campaigns", listed("campaign-list"), "Campaigns"),
    Page("campaign-new", "/campaigns/new", _("audience-players"), "Planning a campaign", (_("tier-whale"),)),
    Page(
        "campaign",
        "/campaigns/{campaign}",
        f"{_('campaign-page')}:has({_('progress-row')}):has({_('campaign-packs')})",
        "A campaign and its progress",
    ),
    Page(
        "campaign-edit", "/campaigns/{campaign}", _("plan-edit"), "Changing a campaign", (_("edit-plan"),), who="admin"
    ),
    Page("calls", "/campaigns/{campaign}/calls?view=all", listed("call-list"), "A campaign's call list"),
)
PACKS = (
    Page("packs", "/packs", listed("pack-list"), "Packs"),
    Page("pack", "/packs/{pack}", f"{_('pack-page')}:has({_('pack-price')}):has({_('revisions')})", "A pack"),
    Page(
        "pack-review",
        "/packs/{pack_review}",
        _("pack-page", f" {_('pack-price')}"),
        "A pack that a price change sent to review",
    ),
    Page("pack-draft", "/packs/{pack_draft}", _("pack-submit"), "A draft of a pack"),
    Page("pack-retired", "/packs/{pack_retired}", _("pack-page", f" {_('pack-price')}"), "A retired pack"),
    Page("pack-of-one", "/packs/{pack_mine}", _("pack-page", f" {_('pack-price')}"), "A pack for one player"),
    Page("pack-edit", "/packs/{pack_draft}/edit", f"{_('pack-line')} >> nth=1", "Changing a pack"),
    Page(
        "pack-new",
        "/packs/new",
        _("price-box", f"[data-verdict]:has({_('live-price')})"),
        "The pack builder",
        (
            *picked("丈八蛇矛碎片"),
            *picked("赤兔马（7天）"),
            (_("pack-discount"), "15"),
        ),
    ),
    Page("items", "/items", listed("item-list"), "Items"),
    Page(
        "items-tune", "/items", _("tune-price"), "An item's own price, and what it would do to packs", (at_top("tune"),)
    ),
    Page("items-pulls", "/items", _("pull-form"), "Fetching all items of a game", (_("open-pulls"),), who="admin"),
    Page(
        "item",
        "/items/{item}",
        f"{_('item-page')}:has({_('item-price')}):has({_('history')})",
        "An item and the history of its price",
    ),
    Page("item-held", "/items/{item_held}", _("pending"), "A price that was too far off to be taken over"),
    Page("price-impacts", "/price-impacts", listed("impact-list"), "What price changes did to packs"),
    Page("price-impact", "/price-impacts/{impact}", f"{_('impact-page')}:has({_('impact-facts')})", "One price change"),
    Page("approvals", "/approvals", listed("approval-list"), "Packs that wait for approval"),
    Page("approval-reject", "/approvals", _("reject-reason"), "Refusing a pack", (at_top("reject"),)),
)
KPI = (
    Page(
        "kpi",
        "/kpi?period=month&left=tickets",
        DRAWN,
        "Figures by agent",
    ),
    Page(
        "kpi-days",
        "/kpi?period=month&group_by=day",
        DRAWN,
        "Figures by day",
    ),
    Page("kpi-means", "/kpi?left=tickets", _("means"), "What a figure means", (f"{_('explain')} >> nth=0",)),
    Page("kpi-tickets", "/kpi/records?figure=opened", listed("kpi-records"), "The tickets behind a figure"),
    Page("kpi-sales", "/kpi/records?figure=orders", listed("kpi-records"), "The sales behind a figure"),
)


def section(name: str, ready: str, shows: str, *steps: str, suffix: str = "") -> Page:
    return Page(f"settings-{name}{suffix}", f"/settings/{name}", ready, f"Settings: {shows}", steps, who="admin")


SETTINGS = (
    section("agents", listed("agent-list"), "agents"),
    section(
        "agents", _("agent-form"), "an agent", f"{_('row')} [data-row-link] >> nth=1", _("agent-edit"), suffix="-one"
    ),
    section("agents", _("new-agent-form"), "a new agent", _("new-agent"), suffix="-new"),
    section("games", _("game"), "games"),
    section("service-rules", _("revision"), "working hours and deadlines"),
    section("service-rules", _("zone"), "changing working hours", _("service-rules-edit"), suffix="-edit"),
    section("categories", _("category"), "ticket categories"),
    section("categories", _("category-form"), "a category and its form", _("category-edit"), suffix="-edit"),
    section("categories", _("new-category"), "a new category", _("category-new"), suffix="-new"),
    section("templates", _("template"), "reply templates"),
    section("templates", _("template-preview"), "a template", _("template-edit"), suffix="-edit"),
    section("lost-reasons", _("reason"), "reasons for lost sales"),
    section("lost-reasons", _("reason-form"), "a reason", _("reason-edit"), suffix="-edit"),
    section("discount-rules", _("discount-change"), "discount rules"),
    section("discount-rules", _("discount-form"), "a discount rule", _("discount-edit"), suffix="-edit"),
    section("discount-rules", _("new-discount"), "a new discount rule", _("discount-new"), suffix="-new"),
    section("contact-rules", _("contact-rules-edit"), "contact rules"),
    section(
        "contact-rules", _("contact-rules-form"), "changing contact rules", _("contact-rules-edit"), suffix="-edit"
    ),
    section("minor-caps", _("cap"), "caps for minors"),
    section("minor-caps", _("cap-form"), "a cap", _("cap-edit"), suffix="-edit"),
    section("stand-ins", _("stand-in-list", f" {_('row')}"), "stand-ins"),
    section("stand-ins", _("new-stand-in"), "a new stand-in", _("stand-in-new"), suffix="-new"),
    section("password", _("password-form"), "one's own password"),
    Page("settings-own", "/settings", f"{_('settings-page')}:has({_('row')})", "Settings as a lead sees them"),
    Page("imports", "/imports", listed("import-list"), "Imports of players"),
    Page(
        "import",
        "/imports/{import}",
        f"{_('import-page')}:has({_('import-rows')} {_('row')})",
        "An import with rows that cannot be taken over",
    ),
    Page(
        "dead-letters",
        "/dead-letters",
        _("dead-letter-list", "[data-status=ok]"),
        "Messages that one part of the desk could not handle",
    ),
    Page("not-found", "/no/such/page", _("not-found"), "An address that leads nowhere"),
)
PAGES = (*HOME, *TICKETS, *SALES, *CAMPAIGNS, *PACKS, *KPI, *SETTINGS)
