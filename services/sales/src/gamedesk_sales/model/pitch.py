"""The next pitch, from counts alone: what a person's contacts and orders say, and sentences that show their counts.

Pure functions. Days are business days of Asia/Shanghai, amounts integer fen, all within the last `WINDOW_DAYS` days. A
contact is *decided* if it sold (its order stands) or was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from gamedesk_sales.model.business_days import SHANGHAI

WINDOW_DAYS = 365
SMALL_SAMPLE = 3
# "Above" which price a person refuses.
PRICE_STEPS_FEN = (5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
LONG_UNTOUCHED_DAYS = 7
_MOST_GROUPS = 20


@dataclass(frozen=True)
class Contact:
    """`price_fen` of the pack that was offered, None if none was named. `reason` of a lost one, by its present name."""

    day: date
    outcome: str
    sold: bool = False
    price_fen: int | None = None
    pack_code: str | None = None
    campaign_id: UUID | None = None
    reason: str | None = None

    @property
    def decided(self) -> bool:
        return self.sold or self.outcome == "lost"


@dataclass(frozen=True)
class Sale:
    """An order that stands. `kept_fen`: paid less refunded."""

    day: date
    kept_fen: int
    discount_bp: int
    pack_code: str


@dataclass(frozen=True)
class OpenQuote:
    number: str
    pack_code: str
    amount_fen: int
    expires_at: datetime


@dataclass(frozen=True)
class History:
    """The newest first, of the window alone; `last_contact_on` may lie before it."""

    today: date
    contacts: Sequence[Contact] = ()
    sales: Sequence[Sale] = ()
    quotes: Sequence[OpenQuote] = ()
    last_contact_on: date | None = None
    campaign_names: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """`won` of `decided` contacts that have `key` in common."""

    key: Hashable
    decided: int
    won: int

    def beats(self, other: Share) -> bool:
        """By the share of what was won; compared without dividing."""
        return self.won * other.decided > other.won * self.decided


@dataclass(frozen=True)
class PriceStep:
    """What became of decided contacts about packs dearer than `above_fen`."""

    above_fen: int
    lost: int
    won: int


@dataclass(frozen=True)
class Figures:
    contacts: int
    answered: int
    outcomes: Mapping[str, int]
    days_untouched: int | None
    orders: int
    kept_fen: int
    average_fen: int | None
    spent_90_days_fen: int
    prices: Sequence[PriceStep]
    day_kinds: Sequence[Share]
    packs: Sequence[Share]
    campaigns: Sequence[Share]
    reasons: Sequence[tuple[str, int]]
    last_sale: Sale | None


@dataclass(frozen=True)
class Suggestion:
    """`because`: the figures that the sentences show; `sample`: how many cases they rest on, None if none is needed."""

    kind: str
    text_zh: str
    text_en: str
    because: Mapping[str, int]
    sample: int | None = None
    pack_code: str | None = None

    @property
    def small_sample(self) -> bool:
        return self.sample is not None and self.sample < SMALL_SAMPLE


def figures_of(history: History) -> Figures:
    contacts, sales = history.contacts, history.sales
    decided = [contact for contact in contacts if contact.decided]
    kept = sum(sale.kept_fen for sale in sales)
    recent = history.today - timedelta(days=90)
    last = history.last_contact_on
    reasons = Counter(c.reason for c in contacts if c.outcome == "lost" and c.reason)
    return Figures(
        contacts=len(contacts),
        answered=sum(contact.outcome != "no_reply" for contact in contacts),
        outcomes=dict(sorted(Counter(contact.outcome for contact in contacts).items())),
        days_untouched=None if last is None else (history.today - last).days,
        orders=len(sales),
        kept_fen=kept,
        average_fen=_rounded_half_up(kept, len(sales)) if sales else None,
        spent_90_days_fen=sum(sale.kept_fen for sale in sales if sale.day > recent),
        prices=_price_steps(decided),
        day_kinds=_shares(decided, lambda contact: day_kind(contact.day)),
        packs=_shares(decided, lambda contact: contact.pack_code),
        campaigns=_shares(decided, lambda contact: contact.campaign_id),
        reasons=sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST_GROUPS],
        last_sale=max(sales, key=lambda sale: sale.day, default=None),
    )


def day_kind(day: date) -> str:
    return "weekend" if day.isoweekday() >= 6 else "workday"


def _price_steps(decided: Iterable[Contact]) -> list[PriceStep]:
    """Steps below which all is are left out."""
    priced = [(contact.price_fen, contact.sold) for contact in decided if contact.price_fen is not None]
    steps = []
    for above in PRICE_STEPS_FEN:
        sold = [sold for price, sold in priced if price > above]
        if sold:
            steps.append(PriceStep(above, lost=sold.count(False), won=sold.count(True)))
    return steps


def _shares(decided: Iterable[Contact], key: Callable[[Contact], Hashable]) -> list[Share]:
    """Of each key but None, the most frequent first."""
    total, won = Counter[Hashable](), Counter[Hashable]()
    for contact in decided:
        total[key(contact)] += 1
        won[key(contact)] += contact.sold
    shares = [Share(one, count, won[one]) for one, count in total.items() if one is not None]
    return sorted(shares, key=lambda share: (-share.decided, -share.won, str(share.key)))[:_MOST_GROUPS]


def _rounded_half_up(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)


def suggestions_for(history: History, figures: Figures) -> list[Suggestion]:
    """What is promised first, then what the counts say, each only if they say something."""
    found = [
        *(_quote(quote) for quote in history.quotes),
        _untouched(history, figures),
        _price_limit(figures),
        _better_days(figures),
        _best_pack(figures),
        _best_campaign(history, figures),
        _usual_amount(figures),
        _last_discount(figures),
        _usual_reason(figures),
    ]
    return [suggestion for suggestion in found if suggestion is not None]


def _quote(quote: OpenQuote) -> Suggestion:
    until = quote.expires_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    price = yuan(quote.amount_fen)
    return Suggestion(
        "open_quote",
        f"报价 {quote.number}（礼包 {quote.pack_code}，{price}）有效至 {until}，还没有成交",
        f"Quote {quote.number} (pack {quote.pack_code}, {price}) holds until {until} and is not sold yet",
        {"amount_fen": quote.amount_fen},
        pack_code=quote.pack_code,
    )


def _untouched(history: History, figures: Figures) -> Suggestion | None:
    days = figures.days_untouched
    if days is None or history.last_contact_on is None:
        return Suggestion("untouched", "还没有联系过他", "He has never been contacted", {"contacts": 0})
    if days < LONG_UNTOUCHED_DAYS:
        return None
    last = history.last_contact_on.isoformat()
    return Suggestion(
        "untouched",
        f"已经 {days} 天没有联系（上次是 {last}）",
        f"Untouched for {_count(days, 'day')} (last on {last})",
        {"days": days},
    )


def _price_limit(figures: Figures) -> Suggestion | None:
    """Of the steps above which he refused twice and bought nothing the one with most refusals, the highest of these."""
    refused = [step for step in figures.prices if step.lost >= 2 and step.won == 0]
    if not refused:
        return None
    step = max(refused, key=lambda one: (one.lost, one.above_fen))
    price = yuan(step.above_fen)
    return Suggestion(
        "price_limit",
        f"拒绝过 {step.lost} 次高于 {price} 的礼包，一次也没买",
        f"Refused packs above {price} {_times(step.lost)} and bought none",
        {"above_fen": step.above_fen, "lost": step.lost, "won": step.won},
        sample=step.lost,
    )


_DAYS_ZH = {"weekend": "周末", "workday": "工作日"}
_DAYS_EN = {"weekend": "weekends", "workday": "workdays"}


def _better_days(figures: Figures) -> Suggestion | None:
    """Only where both kinds of days were tried and one is better."""
    if len(figures.day_kinds) != 2:
        return None
    better, worse = figures.day_kinds
    if worse.beats(better):
        better, worse = worse, better
    elif not better.beats(worse):
        return None
    good, bad = str(better.key), str(worse.key)
    return Suggestion(
        "better_days",
        f"{_DAYS_ZH[good]}{_sold_zh(better)}；{_DAYS_ZH[bad]}{_sold_zh(worse)}",
        f"Bought {better.won} of {better.decided} times on {_DAYS_EN[good]},"
        f" {worse.won} of {worse.decided} on {_DAYS_EN[bad]}",
        {
            f"{good}_won": better.won,
            f"{good}_decided": better.decided,
            f"{bad}_won": worse.won,
            f"{bad}_decided": worse.decided,
        },
        sample=min(better.decided, worse.decided),
    )


def _best_pack(figures: Figures) -> Suggestion | None:
    best = _best(figures.packs)
    if best is None:
        return None
    return Suggestion(
        "pack",
        f"礼包 {best.key} {_sold_zh(best)}",
        f"Bought pack {best.key} {best.won} of {best.decided} times",
        {"won": best.won, "decided": best.decided},
        sample=best.decided,
        pack_code=str(best.key),
    )


def _best_campaign(history: History, figures: Figures) -> Suggestion | None:
    """Of those whose names are known."""
    names = history.campaign_names
    best = _best([share for share in figures.campaigns if share.key in names])
    if best is None:
        return None
    name = names[UUID(str(best.key))]
    return Suggestion(
        "campaign",
        f"在「{name}」活动中{_sold_zh(best)}",
        f"Bought {best.won} of {best.decided} times in the campaign “{name}”",
        {"won": best.won, "decided": best.decided},
        sample=best.decided,
    )


def _best(shares: Sequence[Share]) -> Share | None:
    """The highest share of what was won, of equal ones the most frequent, which comes first; None if nothing was."""
    best = None
    for share in shares:
        if share.won and (best is None or share.beats(best)):
            best = share
    return best


def _usual_amount(figures: Figures) -> Suggestion | None:
    if figures.average_fen is None:
        return None
    average = yuan(figures.average_fen)
    return Suggestion(
        "usual_amount",
        f"近 {WINDOW_DAYS} 天买过 {figures.orders} 单，平均每单 {average}",
        f"{_count(figures.orders, 'order')} in {WINDOW_DAYS} days, {average} on average",
        {"orders": figures.orders, "average_fen": figures.average_fen, "days": WINDOW_DAYS},
        sample=figures.orders,
    )


def _last_discount(figures: Figures) -> Suggestion | None:
    sale = figures.last_sale
    if sale is None:
        return None
    on = sale.day.isoformat()
    zh, en = "按原价成交", "at the full price"
    if sale.discount_bp:
        zh, en = f"成交优惠 {percent(sale.discount_bp)}", f"at {percent(sale.discount_bp)} off"
    return Suggestion(
        "last_discount",
        f"上次{zh}（礼包 {sale.pack_code}，{on}）",
        f"Last bought {en} (pack {sale.pack_code}, {on})",
        {"discount_bp": sale.discount_bp},
        pack_code=sale.pack_code,
    )


def _usual_reason(figures: Figures) -> Suggestion | None:
    if not figures.reasons:
        return None
    reason, count = figures.reasons[0]
    lost = figures.outcomes["lost"]
    return Suggestion(
        "usual_reason",
        f"{lost} 次未成交中有 {count} 次的原因是「{reason}」",
        f"{count} of {_count(lost, 'refusal')} {_were(count)} for “{reason}”",
        {"count": count, "lost": lost},
        sample=lost,
    )


def yuan(fen: int) -> str:
    """¥500, ¥1,086.50."""
    whole, rest = divmod(fen, 100)
    return f"¥{whole:,}.{rest:02d}" if rest else f"¥{whole:,}"


def percent(basis_points: int) -> str:
    """20%, 12.34%, 12.5%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0") + "%" if rest else f"{whole}%"


def _sold_zh(share: Share) -> str:
    return f"推荐 {share.decided} 次，成交 {share.won} 次"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
