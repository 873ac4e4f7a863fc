"""SQLite under requests at the same time."""

from __future__ import annotations

import importlib
from typing import Any


def begin_as_writers() -> None:
    """Take the write lock at the beginning of each transaction, instead of at its first change.

    A transaction that has read and then wants to write while another one does the same gets «database is locked» at
    once, whatever the timeout: four users at the same time were enough. Who has to wait at the beginning waits.

    Source: "Transactions" (DEFERRED, IMMEDIATE) in the documentation of SQLite; oslo.db, which begins transactions by
    itself and leaves one alone that is marked so.
    """
    engine = importlib.import_module("sqlalchemy.engine").Engine
    importlib.import_module("sqlalchemy.event").listen(engine, "begin", _begin)


def _begin(connection: Any) -> None:
    # Listeners of the class come before oslo.db's, which is the engine's own.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.info["in_transaction"] = True
