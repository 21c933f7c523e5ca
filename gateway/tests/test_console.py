"""The console's files: found, safe, compressed, cached as they may be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from .conftest import Gateway


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("build")
    (outside / "secret.txt").write_text("secret")
    folder = outside / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder / "index.html").write_text("<!doctype html><title>GameDesk</title>")
    (folder / "favicon.svg").write_text("<svg/>")
    script = b"console.log('x')" * 50
    (folder / "assets" / "index-abc.js").write_bytes(script)
    (folder / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(script))
    (folder / "assets" / "link.js").symlink_to(outside / "secret.txt")
    return folder


@pytest.fixture(scope="module")
def kept_gateway(gateway_with: Callable[..., Gateway], folder: Path) -> Gateway:
    return gateway_with(console_dir=folder)


@pytest.fixture
def browser(gateway: Gateway) -> httpx.Client:
    return gateway.http


@pytest.mark.parametrize("path", ["/", "/players/019aa000", "/index.html", "/assets"])
def test_views_of_the_page_are_the_page(browser: httpx.Client, path: str) -> None:
    response = browser.get(path)

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "GameDesk" in response.text
    assert response.headers["cache-control"] == "no-store"


def test_hashed_files_are_cached_for_good_and_sent_compressed(browser: httpx.Client) -> None:
    response = browser.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip, br"})

    assert response.headers["content-encoding"] == "gzip", "there is no .br of it"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.text.startswith("console.log")
    plain = browser.get("/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert browser.get("/favicon.svg").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/%2e%2e/secret.txt",
        "/assets/..%2F..%2Fsecret.txt",
        "/assets/link.js",
        "/.vite/manifest.json",
        "/%00.js",
        "//etc/hosts.x",
    ],
)
def test_nothing_else_is_served(browser: httpx.Client, path: str) -> None:
    response = browser.get(path)

    assert response.status_code == 404
    assert "secret" not in response.text


@pytest.mark.parametrize("name", ["x" * 300, "assets/" + "x" * 300 + ".js", "x/" * 3000])
def test_a_name_that_no_file_can_have_is_not_found(browser: httpx.Client, name: str) -> None:
    assert browser.get(f"/{name}").status_code == 404


def test_writing_to_the_page_is_refused(browser: httpx.Client) -> None:
    assert browser.post("/", json={}).status_code == 405


def test_a_console_that_was_not_built_says_so(gateway_with: Callable[..., Gateway], tmp_path: Path) -> None:
    for folder in (None, tmp_path / "nowhere"):
        response = gateway_with(console_dir=folder).http.get("/")
        assert response.status_code == 404
        assert "has not been built" in response.text


def test_a_console_that_is_built_later_is_there(gateway_with: Callable[..., Gateway], tmp_path: Path) -> None:
    client = gateway_with(console_dir=tmp_path / "dist").http
    assert client.get("/").status_code == 404
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>GameDesk</title>")
    assert client.get("/").status_code == 200
