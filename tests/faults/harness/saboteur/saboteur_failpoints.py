"""Places in a worker where it crashes once, when a file of that name is in its folder, and shuffled deliveries."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gamedesk_chassis import consumer, processor, publisher


def install(folder: str) -> None:
    """Wrap what relay and consumers call."""
    _Failpoints(Path(folder)).install()


class _Failpoints:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def armed(self, name: str) -> bool:
        return (self._folder / name).exists()

    def reached(self, name: str) -> None:
        """Crash here if it is armed; the file is renamed, so that it happens once and can be seen to have happened."""
        try:
            (self._folder / name).rename(self._folder / f"{name}.reached")
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        self._wrap_relay()
        self._wrap_consumer()
        self._wrap_processor()

    def _wrap_relay(self) -> None:
        publish = publisher.Publisher.publish

        async def publishing(this: Any, events: Sequence[Any], **options: Any) -> Any:
            self.reached("relay-before-publish")
            if self.armed("relay-before-puback"):
                for event in events:
                    headers = {publisher.MSG_ID_HEADER: str(event.id)}
                    await this._nc.publish(event.type, event.to_bytes(), headers=headers)
                await this._nc.flush()  # the server has them
                self.reached("relay-before-puback")
            receipts = await publish(this, events, **options)
            self.reached("relay-before-mark")
            return receipts

        publisher.Publisher.publish = publishing  # type: ignore[method-assign]

    def _wrap_consumer(self) -> None:
        work, fetch = consumer.Consumer._work, consumer.Consumer._fetch

        async def working(this: Any, messages: Sequence[Any]) -> None:
            await work(this, messages)
            if self.armed("consumer-after-ack"):
                await this._nc.flush()
                self.reached("consumer-after-ack")

        async def fetching(this: Any, *arguments: Any) -> Sequence[Any]:
            return self._in_another_order(list(await fetch(this, *arguments)))

        consumer.Consumer._work = working  # type: ignore[method-assign]
        consumer.Consumer._fetch = fetching  # type: ignore[method-assign]

    def _in_another_order(self, messages: list[Any]) -> list[Any]:
        """As the file `shuffle` says: "reverse", or twice over and shuffled from this seed."""
        try:
            how = (self._folder / "shuffle").read_text()
        except FileNotFoundError:
            return messages
        if messages:
            (self._folder / "shuffle.reached").touch()
        if how == "reverse":
            return messages[::-1]
        return random.Random(how).sample(messages * 2, 2 * len(messages))

    def _wrap_processor(self) -> None:
        make, failpoints = processor.Processor.__init__, self

        class Watched:
            """The database, with failpoints around the end of a transaction."""

            def __init__(self, database: Any) -> None:
                self._database = database

            def __getattr__(self, name: str) -> Any:
                return getattr(self._database, name)

            @contextmanager
            def begin(self) -> Iterator[Any]:
                with self._database.begin() as tx:
                    yield tx
                    failpoints.reached("consumer-before-commit")
                failpoints.reached("consumer-after-commit")

        def making(this: Any, database: Any, *arguments: Any) -> None:
            make(this, Watched(database), *arguments)  # type: ignore[arg-type]

        processor.Processor.__init__ = making  # type: ignore[method-assign]
