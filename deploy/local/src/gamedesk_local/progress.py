"""What a person sees while something takes time: a sentence per step, with the seconds since the start."""

from __future__ import annotations

import contextlib
import threading
import time


class Progress:
    """Prints sentences as they come; usable from several threads."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._lock = threading.Lock()

    def say(self, sentence: str) -> None:
        """Print one line of progress."""
        # The terminal may be gone when we are told to stop; stopping must still go on.
        with self._lock, contextlib.suppress(OSError):
            print(f"[{time.monotonic() - self._started:5.1f} s] {sentence}", flush=True)
