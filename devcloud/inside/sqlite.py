"""SQLite with several requests at the same time."""

from __future__ import annotations

import importlib
from typing import Any


def begin_as_writers() -> None:
    """Take the write lock at the beginning of each transaction, instead of at its first change.

    A transaction that has read and then writes while another one does the same gets «database is locked» at once,
    whatever the timeout is: four users at the same time were enough. At its beginning, a transaction waits.

    Source: "Transactions" (DEFERRED, IMMEDIATE) in the documentation of SQLite; oslo.db, which begins transactions
    itself unless they have this mark.
    """
    engine = importlib.import_module("sqlalchemy.engine").Engine
    importlib.import_module("sqlalchemy.event").listen(engine, "begin", _begin)


def _begin(connection: Any) -> None:
    # Listeners of the class are called before the one of oslo.db, which belongs to the engine object.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.info["in_transaction"] = True
