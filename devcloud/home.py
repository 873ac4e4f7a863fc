"""Where the state of all development clouds lives, and the locks that keep them apart."""

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
    """The folder of all state, made if need be; readable by its owner only, as it holds passwords."""
    folder = Path(os.environ.get(HOME_VARIABLE) or REPOSITORY / ".devcloud").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, made by ``make`` unless a whole one is there already.

    Only one process makes it while the others wait. What an interrupted process left has no file ``complete`` and is
    thrown away. (Making it elsewhere and renaming would break a virtual environment, which knows its own path.)
    """
    complete = folder / "complete"
    if complete.exists():
        return folder
    with locked(folder.with_name(f"{folder.name}.lock"), f"Another process is making {folder}; waiting for it."):
        if not complete.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            make(folder)
            complete.touch()
    return folder


@contextmanager
def locked(path: Path, when_busy: str) -> Iterator[None]:
    """Hold an exclusive lock; the kernel frees it however the process ends."""
    with path.open("ab") as file:
        if not took(file):
            say(when_busy)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def took(file: BinaryIO) -> bool:
    """Whether the lock was free, and is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def instance_folder(*, keep: bool) -> Iterator[Path]:
    """A new folder for one cloud, removed at the end unless it is to be kept.

    Its owner holds a lock on a file in it: that tells a living owner from a dead one, which a process ID cannot (it may
    have been given to somebody else).
    """
    instances = home() / "instances"
    instances.mkdir(mode=0o700, exist_ok=True)
    with locked(home() / "instances.lock", "Waiting for another process that is starting."):
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
    """Remove what killed processes left; the folders of the living and those kept on purpose stay."""
    for folder in instances.iterdir():
        if (folder / KEPT).exists() or _owner_lives(folder):
            continue
        shutil.rmtree(folder, ignore_errors=True)


def _owner_lives(folder: Path) -> bool:
    try:
        with (folder / OWNER).open("rb") as owner:
            return not took(owner)
    except OSError:
        return False
