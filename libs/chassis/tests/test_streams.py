from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gamedesk_chassis.streams import (
    JetStreamDeclaration,
    JetStreamNotReady,
    ensure_streams_and_consumers,
    load_declaration,
)
from nats.aio.client import Client
from nats.js.errors import APIError
from pydantic import ValidationError


def declaration(name: str, subjects: list[str], *listens: tuple[str, str, list[str]]) -> JetStreamDeclaration:
    return JetStreamDeclaration.model_validate(
        {
            "stream": {"name": name, "subjects": subjects},
            "listens": [
                {"stream": stream, "durable": durable, "filter_subjects": filters}
                for stream, durable, filters in listens
            ],
        }
    )


def test_stream_and_consumer_are_made_as_designed_and_updated(
    nats_url: str, stream: str, connect: Callable[[str], Client], background: Any
) -> None:
    for filters in ([f"{stream}.a"], [f"{stream}.a", f"{stream}.b"], [f"{stream}.b"]):
        wanted = declaration(stream, [f"{stream}.>"], (stream, "x-s", filters))
        ensure_streams_and_consumers(nats_url, wanted, wait_seconds=5)
        js = connect(nats_url).jetstream()
        config = background.run(js.stream_info(stream)).config
        assert (config.max_age, config.duplicate_window, config.allow_atomic) == (14 * 24 * 3600, 600, True)
        assert (config.discard, config.storage, config.num_replicas) == ("new", "file", 1)
        consumer = background.run(js.consumer_info(stream, "x-s")).config
        assert (consumer.ack_wait, consumer.max_deliver, consumer.ack_policy) == (10, -1, "explicit")
        assert (consumer.filter_subjects or [consumer.filter_subject]) == filters


def test_stream_of_another_service_is_waited_for(nats_url: str, stream: str, eventually: Any) -> None:
    other = f"{stream}O"
    listener = declaration(stream, [f"{stream}.>"], (other, "x-o", [f"{other}.a"]))
    waiting = threading.Thread(target=ensure_streams_and_consumers, args=(nats_url, listener))
    waiting.start()
    ensure_streams_and_consumers(nats_url, declaration(other, [f"{other}.>"]))
    waiting.join(20)
    assert not waiting.is_alive()


def test_stream_that_never_comes_is_named(nats_url: str, stream: str) -> None:
    listener = declaration(stream, [f"{stream}.>"], ("NOWHERE", "x-n", ["nowhere.a"]))
    with pytest.raises(JetStreamNotReady, match=r"NOWHERE.*x-n"):
        ensure_streams_and_consumers(nats_url, listener, wait_seconds=0.5)


def test_nats_that_never_comes_is_named(stream: str, free_port: int) -> None:
    with pytest.raises(JetStreamNotReady, match=str(free_port)):
        ensure_streams_and_consumers(f"nats://127.0.0.1:{free_port}", declaration(stream, ["a"]), wait_seconds=0.5)


def test_the_text_about_a_missing_nats_holds_no_password(stream: str, free_port: int) -> None:
    url = f"nats://me:secret@127.0.0.1:{free_port},me:secret@127.0.0.1:{free_port}"
    with pytest.raises(JetStreamNotReady) as gave_up:
        ensure_streams_and_consumers(url, declaration(stream, ["a"]), wait_seconds=0.1)
    assert "secret" not in str(gave_up.value)
    assert f"127.0.0.1:{free_port}" in str(gave_up.value)


def test_refused_declaration_is_not_repeated(nats_url: str, stream: str) -> None:
    ensure_streams_and_consumers(nats_url, declaration(stream, [f"{stream}.>"]))
    with pytest.raises(APIError):  # the subjects are taken
        ensure_streams_and_consumers(nats_url, declaration(f"{stream}2", [f"{stream}.>"]))


def test_unknown_words_in_the_file_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "jetstream.yaml"
    file.write_text("stream: {name: A, subjects: [a]}\nlisten: []\n")
    with pytest.raises(ValidationError, match="listen"):
        load_declaration(file)


def test_consumers_made_anew_are_given_everything_again(
    nats_url: str, stream: str, connect: Callable[[str], Client], background: Any
) -> None:
    wanted = declaration(stream, [f"{stream}.>"], (stream, "x-s", [f"{stream}.a"]))
    js = connect(nats_url).jetstream()

    async def fetched(subscription: Any) -> list[bytes]:
        messages = await subscription.fetch(10, timeout=5)
        for message in messages:
            await message.ack_sync()
        return [message.data for message in messages]

    ensure_streams_and_consumers(nats_url, wanted, wait_seconds=5, from_the_beginning=True)  # nothing to remove yet
    background.run(js.publish(f"{stream}.a", b"one"))
    subscription = background.run(js.pull_subscribe_bind("x-s", stream))
    assert background.run(fetched(subscription)) == [b"one"]
    ensure_streams_and_consumers(nats_url, wanted, wait_seconds=5)
    background.run(js.publish(f"{stream}.a", b"two"))
    assert background.run(fetched(subscription)) == [b"two"]
    ensure_streams_and_consumers(nats_url, wanted, wait_seconds=5, from_the_beginning=True)
    assert background.run(fetched(subscription)) == [b"one", b"two"]
