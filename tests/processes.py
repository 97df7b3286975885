"""Several processes that do something at the same moment, each with its own connections.

Tasks of one process share an event loop and its locks, which hides what only
the database can hold together; two servers share nothing else.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import traceback
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

from comptoir.core import db
from tests.keys import use_voucher_key

Result = TypeVar("Result")
_SECONDS = 120
#: What the work of tests imports. One process of this worker has it ready, and the others
#: are forked from that one, in which nothing else has happened.
_IMPORTED = ["comptoir.app", "pytest", "tests.factories"]
_barrier: Barrier | None = None


def together(
    url: str, work: Callable[[Any], Coroutine[Any, Any, Result]], orders: Iterable[Any]
) -> list[Result]:
    """``work(order)`` once per order, each in a process of its own, connected to ``url``.

    All begin once the last is ready. ``work`` is a function of a module, its
    orders and results can be pickled.
    """
    given = list(orders)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    with ProcessPoolExecutor(
        len(given),
        mp_context=context,
        initializer=_wait_for,
        initargs=(context.Barrier(len(given)),),
    ) as pool:
        waiting = [pool.submit(_connected, url, work, order) for order in given]
        return [each.result(timeout=_SECONDS) for each in waiting]


def alone(work: Callable[..., None], *orders: Any) -> int:
    """``work(*orders)`` in a process of its own, which may be killed; how it ended.

    ``work`` is a function of a module, its orders can be pickled.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    process = context.Process(target=work, args=orders)
    process.start()
    process.join(_SECONDS)
    ended = process.exitcode
    process.kill()  # where it did not end in time
    process.join()
    process.close()
    assert ended is not None, "it took too long"
    return ended


def _wait_for(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier


def _connected(url: str, work: Callable[[Any], Coroutine[Any, Any, Result]], order: Any) -> Result:
    async def run() -> Result:
        db.connect(url)
        use_voucher_key()
        try:
            await db.fetch("SELECT 1 AS ready")
            if _barrier is not None:
                _barrier.wait(_SECONDS)
            return await work(order)
        finally:
            await db.disconnect()

    try:
        return asyncio.run(run())
    except Exception as error:
        # A driver's own errors cannot be pickled, and the pool would wait for ever.
        raise RuntimeError("".join(traceback.format_exception(error))) from None
