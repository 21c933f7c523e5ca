"""The bulk seeder keeps up with the tables, and what it makes is answered as the contracts say."""

from __future__ import annotations

import pytest

from bench import requests, scale


@pytest.mark.large
def test_two_small_desks_are_filled_asked_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_WARM_UP", 0)
    monkeypatch.setattr(requests, "_VALUES", 3)

    result = scale.measure(small=4_000, large=6_000, repetitions=1, say=print)

    assert result["sizes"]["large"]["tickets"] == 18_000
    for figures in result["kinds"].values():
        assert all(figures[name]["p95_ms"] >= figures[name]["sql_p50_ms"] > 0 for name in ("small", "large"))
    assert "| search: 王 |" in scale.report(result)
