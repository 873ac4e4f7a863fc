"""The main job, on an embedded cloud: ``python -m devcloud.demo``. Each command is shown before its output."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devcloud import start
from devcloud.cloud import Cloud, without_proxy

SYSTEM_FILES = ("/etc/os-release", "/etc/debian_version", "/bin/sh", "/sbin/init", "/lib64/ld-linux-x86-64.so.2")
"""Of this machine's operating system, for the disk of the demo: enough to be recognized, too few to boot."""


@dataclass(frozen=True)
class Step:
    """One command.

    Args:
        says: What happens, for the reader.
        words: The command as typed.
        status: The exit status that shows that it did what it should.
        shows: What its output must contain.
        hides: What it must not contain.
    """

    says: str
    words: str
    status: int = 0
    shows: str = ""
    hides: str | None = None


STEPS = (
    Step(
        "A guest's disk goes to the cloud. Format and size are found out, what arrived is compared with what was sent.",
        "openstack vsc image create rnatools --file {disk} --description 'RNA tools' --multi-nic "
        "-c id -c name -c disk_format -c min_disk -c status -c visibility -c verified",
        shows="sha512",
    ),
    Step(
        "What the cloud knows of it, with the columns of the standard command.",
        "openstack vsc image show rnatools --max-width 100",
        shows="active",
    ),
    Step(
        "A wrong format would give an image that does not boot. It is refused before a byte is sent.",
        "openstack vsc image create broken --file {disk} --disk-format vmdk",
        status=3,
        shows="Refused by D301. Nothing was changed.",
    ),
    Step(
        "Nothing was left by that. The standard client sees the other one as any image.",
        "openstack image list",
        shows="rnatools",
        hides="broken",
    ),
    Step("Gone again.", "openstack image delete rnatools"),
)


def main() -> int:
    """Runs all steps; returns 0 only when each did what it should."""
    with tempfile.TemporaryDirectory(prefix="vscclient-demo-") as folder:
        disk = make_disk(Path(folder))
        with start() as cloud:
            return 0 if _all_run(disk, cloud) else 1


def _all_run(disk: Path, cloud: Cloud) -> bool:
    """Runs every step, whatever became of those before it."""
    outcomes = [run(step, disk, cloud) for step in STEPS]
    return all(outcomes)


def make_disk(folder: Path) -> Path:
    """A file system with files of this machine's operating system; a qcow2 where qemu-img is there, else raw.

    Raises:
        SystemExit: There is no mke2fs.
    """
    mke2fs = shutil.which("mke2fs", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if mke2fs is None:
        raise SystemExit("The demo makes a disk with mke2fs, which is not there: install the package e2fsprogs")
    guest, raw, qcow2 = folder / "guest", folder / "rnatools.raw", folder / "rnatools.qcow2"
    for file in filter(os.path.exists, SYSTEM_FILES):
        target = guest / file.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    subprocess.run([mke2fs, "-q", "-t", "ext4", "-d", guest, raw, "64M"], check=True, stdout=subprocess.DEVNULL)
    if shutil.which("qemu-img") is None:
        return raw
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", raw, qcow2], check=True)
    return qcow2


def run(step: Step, disk: Path, cloud: Cloud) -> bool:
    """Shows and runs one step; whether it did what it should."""
    words = shlex.split(step.words.format(disk=disk.name))
    tell(f"\n# {step.says}\n$ {shlex.join(words)}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment |= cloud.users["alice"].environment
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment.get('PATH', '')}"
    done = subprocess.run(
        words,
        env=without_proxy(environment),
        cwd=disk.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    tell(done.stdout.rstrip())
    as_it_should = done.returncode == step.status and step.shows in done.stdout
    as_it_should = as_it_should and (step.hides is None or step.hides not in done.stdout)
    if not as_it_should:
        tell(f"# This should have ended with {step.status} and shown {step.shows!r}; it ended with {done.returncode}.")
    return as_it_should


def tell(text: str) -> None:
    """Writes to the reader at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
