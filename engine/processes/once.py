"""One question answered in a process of its own: what a foreign library does there stays there."""

import multiprocessing
import pickle
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from engine.errors import AnlanError, DriverError
from engine.processes.child import end_family, settle_in
from engine.processes.failure import describe

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def ask(
    function: Callable[[Question], Answer], question: Question, *, within: float, where: str = ""
) -> Answer:
    """Return ``function(question)``, run in a fresh process.

    Parameters
    ----------
    function
        Importable by name.
    within
        Seconds it may take; then the process is killed.
    where
        Whose question it is, for the errors.

    Raises
    ------
    AnlanError
        As the function raised it.
    DriverError
        If it raised anything else, died or did not answer.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    work = pickle.dumps((function, question))
    process = context.Process(target=_answer, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(within):
            raise DriverError(f"did not answer within {within:g} s", where=where)
        answer: Any = ours.recv()
    except EOFError:
        process.join(1.0)
        raise DriverError(
            f"its library ended the process (exit code {process.exitcode})", where=where
        ) from None
    finally:
        if process.pid is not None:
            end_family(process.pid)
        process.kill()
        process.join(1.0)
        with suppress(ValueError):
            process.close()
        ours.close()
    if isinstance(answer, AnlanError):
        raise answer
    found: Answer = answer[0]
    return found


def _answer(work: bytes, pipe: Connection) -> None:
    settle_in()
    try:
        function, question = pickle.loads(work)  # noqa: S301 - the room's own words
        answer: Any = (function(question),)
    except AnlanError as error:
        answer = error
    except Exception as error:  # noqa: BLE001 - a vendor's code
        answer = DriverError(describe(error))
    pipe.send(answer)
