"""DuckDB: opened with bounds, and its errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policyctl.adapters.records.unpacking import EXTRA
from policyctl.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "256MB"
"""What DuckDB may hold in memory; the rest is spilt to a folder where there is one."""


@contextmanager
def connected(what: str, *, spill: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """A database in memory that reads and writes files, and no network.

    Args:
        what: what needs it, for the message if it is not installed.
        spill: where it may put what does not fit into memory.

    Raises:
        InputError: DuckDB is not installed.
    """
    connection = connect(what, spill=spill)
    try:
        yield connection
    finally:
        connection.close()


def connect(
    what: str, *, spill: Path | None = None, memory: str = MEMORY, threads: int | None = None
) -> DuckDBPyConnection:
    """The same for whoever closes it.

    Args:
        what: what needs it, for the message if it is not installed.
        spill: where it may put what does not fit into memory.
        memory: how much it may hold, as in ``512MB``.
        threads: how many it may use; None for one each processor.

    Raises:
        InputError: DuckDB is not installed, or takes no such limits.
    """
    try:
        import duckdb
    except ImportError as error:
        raise InputError(f"{what} needs DuckDB, which is not installed", hint=EXTRA) from error
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": spill.as_posix() if spill else "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        settings["threads"] = threads
    try:
        return duckdb.connect(":memory:", config=settings)
    except duckdb.Error as error:
        raise InputError(f"DuckDB does not take memory={memory}, threads={threads}") from error


def exactly(path: Path) -> str:
    """A file's name as DuckDB's readers take it, which would take ``day[1]`` for a pattern."""
    return re.sub(r"([*?[])", r"[\1]", str(path))


@contextmanager
def asking(name: str, kind: str) -> Iterator[None]:
    """Turn DuckDB's errors about a file into one sentence.

    Raises:
        InputError: the file is not what it should be.
    """
    with _failing(lambda error: f"{name} is damaged: it cannot be read as {kind}"):  # noqa: ARG005
        yield


@contextmanager
def working() -> Iterator[None]:
    """Turn DuckDB's errors about its own work into one sentence.

    Raises:
        InputError: it could not be done, as on a full disk.
    """
    with _failing(lambda error: f"the records could not be written: {error}"):
        yield


@contextmanager
def _failing(message: Callable[[str], str]) -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise InputError(message(str(error).partition("\n")[0])) from error
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # how a query takes a signal
            raise KeyboardInterrupt from error
        raise
