"""The folder with the state of all development clouds, and their locks."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from devcloud.terminal import say

HOME_VARIABLE = "VSCCLIENT_DEVCLOUD_HOME"
REPOSITORY = Path(__file__).resolve().parent.parent
OWNER = "owner"
KEPT = "kept"


def home() -> Path:
    """Return the folder with all state, readable by its owner only: it has passwords. Create it if necessary."""
    folder = Path(os.environ.get(HOME_VARIABLE) or REPOSITORY / ".devcloud").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def make_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder; ``make`` fills it unless it is complete already.

    One process fills it while the others wait. A folder that an interrupted process left has no file ``complete`` and
    is removed. (A folder with another name that is renamed when it is complete would not do: a virtual environment
    knows its own path.)

    Args:
        folder: The folder.
        make: Called with the folder, which is empty then.
    """
    complete = folder / "complete"
    if complete.exists():
        return folder
    with locked(folder.with_name(f"{folder.name}.lock"), f"Waiting for another process that fills {folder}."):
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            make(folder)
            complete.touch()
    return folder


@contextmanager
def locked(path: Path, when_busy: str) -> Iterator[None]:
    """Hold an exclusive lock in the context; the kernel releases it however the process ends.

    Args:
        path: The file to lock.
        when_busy: The sentence for the user if another process holds the lock.
    """
    with path.open("ab") as file:
        if not try_lock(file):
            say(when_busy)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_lock(file: BinaryIO) -> bool:
    """Take the lock if it is free; return True then."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def instance_folder(*, keep: bool) -> Iterator[Path]:
    """Create a folder for one cloud; it is removed at the end of the context, unless it is kept.

    The owner holds a lock on a file in it, by which other processes know that the owner is running. A process ID does
    not show that: another process can get the same one.
    """
    instances = home() / "instances"
    instances.mkdir(mode=0o700, exist_ok=True)
    with locked(home() / "instances.lock", "Waiting for another cloud that is starting."):
        _remove_orphans(instances)
        folder = Path(tempfile.mkdtemp(prefix=time.strftime("%Y%m%dT%H%M%S-"), dir=instances))
        owner = (folder / OWNER).open("ab")
        fcntl.flock(owner, fcntl.LOCK_EX)
    if keep:
        (folder / KEPT).touch()
    with owner:
        try:
            yield folder
        finally:
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)


def _remove_orphans(instances: Path) -> None:
    """Remove the folders of processes that were killed, but those that are to be kept."""
    for folder in instances.iterdir():
        if (folder / KEPT).exists() or _owner_is_running(folder):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _owner_is_running(folder: Path) -> bool:
    try:
        with (folder / OWNER).open("rb") as owner:
            return not try_lock(owner)
    except OSError:
        return False
