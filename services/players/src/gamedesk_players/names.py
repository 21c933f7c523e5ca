"""How a WeChat id is shown to those who may not see it whole."""

from __future__ import annotations


def masked_wechat_id(wechat_id: str) -> str:
    """First two and last two characters."""
    return f"{wechat_id[:2]}****{wechat_id[-2:]}"
