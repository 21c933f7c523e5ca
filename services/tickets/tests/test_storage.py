"""The store of pictures: a folder, and an S3-compatible server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from gamedesk_chassis.clock import now
from gamedesk_chassis.ids import new_id
from gamedesk_tickets.settings import Settings
from gamedesk_tickets.storage import Storage, StorageUnavailable
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

NewStorage = Callable[..., Storage]
SECRET_KEY = "m4vq81zt0cwx7rkd"


@pytest.fixture
def new_storage(tmp_path: Path) -> NewStorage:
    """`new_storage(attachments_url=…, …)`"""

    def make(**values: Any) -> Storage:
        return Storage(Settings(database_url="none", jwks_file=tmp_path / "none", **values))

    return make


@pytest.fixture(scope="module")
def s3_server() -> Iterator[dict[str, Any]]:
    """The settings of a bucket on a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key=SECRET_KEY
    )
    client.create_bucket(Bucket="pictures")
    yield {
        "attachments_url": "s3://pictures/of/tickets",
        "attachments_endpoint": endpoint,
        "attachments_access_key": SecretStr("key"),
        "attachments_secret_key": SecretStr(SECRET_KEY),
    }
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, new_storage: NewStorage, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return new_storage(attachments_url=f"file://{tmp_path}/a%20folder/of pictures")
    return new_storage(**request.getfixturevalue("s3_server"))


def test_a_picture_is_kept_until_it_is_deleted__R9(storage: Storage) -> None:
    one, other = new_id(), new_id()
    for attachment_id in (one, other):
        storage.put(attachment_id, "picture", b"picture" * 1000)
        storage.put(attachment_id, "thumbnail", b"small")

    storage.delete(one)
    storage.delete(one)

    assert (storage.get(one, "picture"), storage.get(one, "thumbnail")) == (None, None)
    assert (storage.get(other, "picture"), storage.get(other, "thumbnail")) == (b"picture" * 1000, b"small")
    storage.delete(other)


def test_what_is_there_can_be_listed_by_age(storage: Storage) -> None:
    ids = {new_id() for _ in range(5)}
    for attachment_id in ids:
        storage.put(attachment_id, "picture", b"x")

    def listed(age: timedelta) -> set[Any]:
        return set().union(*storage.older_than(now() - age))

    assert listed(timedelta(seconds=-60)) == ids
    assert listed(timedelta(hours=1)) == set()
    for attachment_id in ids:
        storage.delete(attachment_id)


def test_a_store_that_does_not_answer_is_unavailable(new_storage: NewStorage, free_port: int) -> None:
    storage = new_storage(
        attachments_url="s3://pictures",
        attachments_endpoint=f"http://127.0.0.1:{free_port}",
        attachments_access_key=SecretStr("key"),
        attachments_secret_key=SecretStr(SECRET_KEY),
    )

    with pytest.raises(StorageUnavailable):
        storage.put(new_id(), "picture", b"x")
    with pytest.raises(StorageUnavailable):
        storage.get(new_id(), "picture")
    with pytest.raises(StorageUnavailable):
        list(storage.older_than(now()))


def test_a_secret_key_that_can_be_guessed_is_refused_and_not_repeated(new_storage: NewStorage) -> None:
    with pytest.raises(ValueError, match="it is a placeholder") as refused:
        new_storage(attachments_url="s3://pictures", attachments_secret_key=SecretStr("changeme"))
    assert "changeme" not in str(refused.value)


@pytest.mark.parametrize("url", ["pictures", "file://relative/folder", "s3://", "ftp://server/folder"])
def test_an_address_of_no_store_is_refused(new_storage: NewStorage, url: str) -> None:
    with pytest.raises(ValueError, match="attachments_url"):
        new_storage(attachments_url=url)
