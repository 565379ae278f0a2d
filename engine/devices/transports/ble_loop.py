"""A thread in which Bluetooth's conversation with one device runs beside everything else."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

END_WITHIN = 1.0
"""Seconds that tasks have to end once they are cancelled."""


class LoopThread:
    """An asyncio loop in a thread of its own; `close` leaves no task and no thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start ``work`` and return where its result will be."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, T], within: float) -> T:
        """Return what ``work`` returns; raise TimeoutError after ``within`` s."""
        future = self.begin(work)
        try:
            return future.result(within)
        except TimeoutError:
            future.cancel()
            raise

    def post(self, call: Callable[[], object]) -> None:
        """Have ``call`` called in the thread, soon."""
        self._loop.call_soon_threadsafe(call)

    def close(self) -> None:
        """Cancel what still runs and end the thread; may be called once."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2.0 * END_WITHIN)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            if tasks:
                self._loop.run_until_complete(asyncio.wait(tasks, timeout=END_WITHIN))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
