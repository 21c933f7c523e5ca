"""docs/api/price-push.md tells the truth: its example is run, its fates and errors are all there are."""

from __future__ import annotations

import base64
import http.server
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import uvicorn
from gamedesk_catalog.app import create_app
from gamedesk_catalog.quotes import Fate
from gamedesk_catalog.settings import Settings

from .conftest import SECRETS, price

GUIDE = (Path(__file__).parents[3] / "docs/api/price-push.md").read_text(encoding="utf-8")
SECRET = "whsec_" + base64.b64encode(SECRETS["new_secret"]).decode()
Push = Callable[..., dict[str, str]]


@pytest.fixture
def push_prices() -> Push:
    """The function of the guide's complete example."""
    example = next(code for code in re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL) if "def push_prices" in code)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/api/price-push.md", "exec"), names)
    return names["push_prices"]


@pytest.fixture
def service(settings: Settings) -> Iterator[str]:
    """The address of the catalog service, served over HTTP."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_the_example_pushes_prices_and_tells_their_fates__R30(push_prices: Push, service: str) -> None:
    fates = push_prices(service, "xiyou", SECRET, [price("XIYOU-1", 1200, 2), price("XIYOU-9", 1, 1)])

    assert fates == {"XIYOU-1": "applied", "XIYOU-9": "unknown_item"}
    assert push_prices(service, "xiyou", SECRET, [price("XIYOU-1", 1200, 2)]) == {"XIYOU-1": "unchanged"}
    with pytest.raises(RuntimeError, match=r"401 .*signature-invalid"):
        push_prices(service, "sanguo", SECRET, [price("SANGUO-1", 1200, 2)])


class _Busy(http.server.BaseHTTPRequestHandler):
    """Answers 503, then 429, then 200; remembers what it was sent."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.headers["webhook-id"], self.headers["webhook-signature"], body))
        status = (503, 429, 200)[len(self.seen) - 1]
        answer = json.dumps({"results": [{"code": "A", "fate": "applied"}]}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(answer)))
        if status == 429:
            self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None: ...


def test_the_example_repeats_with_the_same_id_and_body_signed_anew__R30(
    push_prices: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1_800_000_000, 1_900_000_000, 100))
    pauses: list[float] = []
    monkeypatch.setattr(time, "time", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", pauses.append)
    _Busy.seen = []
    with http.server.HTTPServer(("127.0.0.1", 0), _Busy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        fates = push_prices(f"http://127.0.0.1:{server.server_port}", "xiyou", SECRET, [price("A", 1, 1)])
        server.shutdown()
        thread.join()

    assert fates == {"A": "applied"}
    assert pauses == [1, 7], "the second pause is what Retry-After asked for"
    ids, signatures, bodies = map(set, zip(*_Busy.seen, strict=True))
    assert (len(ids), len(signatures), len(bodies)) == (1, 3, 1)
    assert json.loads(bodies.pop())["event_id"] == ids.pop()


def test_the_guide_names_every_fate_and_every_error__R30() -> None:
    answer, errors = GUIDE.split("## Errors")
    fates = re.findall(r"^\| `(\w+)` \|", answer.split("## The answer")[1], re.MULTILINE)
    slugs = re.findall(r"^\| 4\d\d \| `([\w-]+)` \|", errors, re.MULTILINE)

    assert set(fates) == set(get_args(Fate))
    assert set(slugs) == {
        "validation",
        "malformed-json",
        "signature-missing",
        "signature-invalid",
        "signature-expired",
        "body-too-slow",
        "body-too-large",
        "unsupported-media-type",
        "event-id-mismatch",
        "event-id-reused",
    }
