"""What a backup holds comes back, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from gamedesk_local.backup import backup, restore
from gamedesk_local.errors import LocalError
from gamedesk_local.layout import SERVICES
from gamedesk_local.product import Product
from psycopg.sql import SQL


def silent(_sentence: str) -> None:
    pass


def execute(product: Product, statement: SQL) -> list[tuple[object, ...]]:
    """As the service `players` itself."""
    url = product.layout.postgres.url("players", "players", product.state.secret("db-players"))
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def product(new_state_dir: Callable[[str], Path]) -> Product:
    return Product(new_state_dir("backup"))


@pytest.fixture(scope="module")
def saved(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup made while the servers run; afterwards a row more is written and a key is changed."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    product.start_infrastructure()
    try:
        execute(product, SQL("CREATE EXTENSION pg_trgm"))
        execute(product, SQL("CREATE TABLE known (name text)"))
        execute(product, SQL("INSERT INTO known VALUES ('悟空')"))
        product.state.signing_key.write_text("the key")
        product.state.games.write_text("games: []")
        picture = product.state.attachments / "ab" / "one.picture"
        picture.parent.mkdir()
        picture.write_bytes(b"picture")
        said: list[str] = []
        backup(product.state, folder, said.append)
        assert "copying the pictures of tickets" in said
        execute(product, SQL("INSERT INTO known VALUES ('later')"))
        product.state.signing_key.write_text("another key")
        picture.rename(picture.with_name("another.picture"))
        (product.state.data / "nats" / "old").mkdir(parents=True)
    finally:
        product.stop()
    return folder


@pytest.fixture
def restored(product: Product, saved: Path) -> Iterator[Product]:
    restore(product.state, saved, silent)
    product.start_infrastructure()
    yield product
    product.stop()


def test_backup_is_readable_by_its_owner_only(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0
    assert {path.stem for path in saved.glob("*.dump")} == {service.name for service in SERVICES}


def test_restore_brings_back_databases_and_keys(restored: Product) -> None:
    assert execute(restored, SQL("SELECT name FROM known")) == [("悟空",)]
    assert restored.state.signing_key.read_text() == "the key"


def test_restore_brings_back_the_pictures_and_no_others__R9(restored: Product) -> None:
    pictures = [path for path in restored.state.attachments.rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in pictures] == [("one.picture", b"picture")]
    assert restored.state.attachments.stat().st_mode & 0o077 == 0


def test_restored_tables_belong_to_the_services_role(restored: Product) -> None:
    owner = execute(restored, SQL("SELECT tableowner FROM pg_tables WHERE tablename = 'known'"))
    assert owner == [("players",)]


def test_restore_empties_nats_so_that_owners_publish_again(restored: Product) -> None:
    assert not (restored.state.data / "nats" / "old").exists()


def test_damaged_backup_changes_nothing(product: Product, saved: Path) -> None:
    dump = saved / "sales.dump"
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1])
    try:
        with pytest.raises(LocalError, match="not a complete backup"):
            restore(product.state, saved, silent)
    finally:
        dump.write_bytes(whole)


def test_owners_are_told_after_a_restore_that_was_broken_off__I6(
    product: Product, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some databases may be back by then, or half of one."""

    def fail(*_arguments: object) -> None:
        raise LocalError("interrupted")

    product.state.restored.unlink(missing_ok=True)
    with monkeypatch.context() as broken:
        broken.setattr("gamedesk_local.backup._client", fail)
        with pytest.raises(LocalError, match="interrupted"):
            restore(product.state, saved, silent)
    assert product.state.restored.exists()
    restore(product.state, saved, silent)


def test_restore_refuses_while_running(product: Product, saved: Path) -> None:
    with product.state.only_one(), pytest.raises(LocalError, match=r"running(.|\n)*gamedesk down"):
        restore(product.state, saved, silent)


def test_backup_refuses_a_folder_with_something_in_it(product: Product, saved: Path) -> None:
    with pytest.raises(LocalError, match="not empty"):
        backup(product.state, saved, silent)
