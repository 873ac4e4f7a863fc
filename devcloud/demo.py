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
from devcloud.cloud import Cloud, User, without_proxy
from tests.guest_disks import FIRST_ONLY, guest_disk

LEFT_IN = {
    "/root/.aws/credentials": "[default]\naws_access_key_id = AKIAQYLPMN5HFIQR7XYA\n"
    "aws_secret_access_key = 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\n"
}
"""What somebody forgot in the guest; these are nobody's."""


@dataclass(frozen=True)
class Step:
    """One command.

    Args:
        says: What happens, for the reader.
        words: The command as typed; in braces, what earlier steps were to remember.
        user: Who types it.
        status: The exit status that shows that it did what it should.
        shows: What its output must contain.
        hides: What it must not contain.
        remember: The name under which later steps know its output.
    """

    says: str
    words: str
    user: str = "alice"
    status: int = 0
    shows: str = ""
    hides: str | None = None
    remember: str | None = None


LOOKING = (
    Step(
        "The disk of a guest, as it was installed. Which network interfaces will come up, and what was left in it? "
        "Nothing is booted, no cloud is asked.",
        "openstack vsc image inspect --file {first} -c os_distro -c os_version -c network_stack -c nics_at_boot "
        "-c nic_hotplug -c hygiene",
        shows="first",
    ),
    Step(
        "It is to use several networks, and brings up one. Where that comes from, and what else others object to:",
        "openstack vsc image check --file {first} --multi-nic --for community -f value -c Code -c Severity -c Message",
        status=3,
        shows="only the first of three network interfaces comes up at boot",
    ),
    Step(
        "A private image it can be all the same. That is told, and not stopped.",
        "openstack vsc image create firsttry --file {first} --multi-nic -c id -c warnings",
        shows="H506, N202",
    ),
    Step(
        "The secret that was left in it, and the interfaces that stay down, stop its publication.",
        "openstack vsc image community firsttry --description 'RNA tools'",
        status=3,
        shows="Refused by H506, N202; nothing was changed.",
    ),
    Step(
        "The same guest, mended: it configures every interface by a pattern, the secret is out. It passes.",
        "openstack vsc image check --file {disk} --multi-nic --for community --description 'RNA tools' "
        "-f value -c Code -c Severity -c Message",
        shows="1 not judged",
        hides="N202",
    ),
    Step("The first try is not needed any more.", "openstack vsc image delete firsttry", shows="Deleted firsttry"),
)

CREATING = (
    Step(
        "The mended disk goes to the cloud. Format, size and what the guest is are found out, what arrived is compared "
        "with what was sent.",
        "openstack vsc image create rnatools --file {disk} "
        "-c id -c name -c disk_format -c min_disk -c status -c visibility -c verified",
        shows="sha512",
    ),
    Step(
        "What the cloud knows of it, with the columns of the standard command.",
        "openstack vsc image show rnatools --max-width 100",
        shows="vsc_multi_nic='true'",
    ),
    Step(
        "What is inside the image in the cloud. The same data was looked at before, so nothing is read again.",
        "openstack vsc image inspect rnatools -c nics_at_boot -c nic_hotplug -c bytes_read -c requests",
        shows="all",
    ),
    Step(
        "A wrong format would give an image that does not boot. It is refused before a byte is sent.",
        "openstack vsc image create broken --file {disk} --disk-format vmdk",
        status=3,
        shows="Refused by D301; nothing was changed.",
    ),
    Step(
        "Nothing was left by that. The standard client sees the other one as any image.",
        "openstack image list",
        shows="rnatools",
        hides="broken",
    ),
)

SHARING = (
    Step(
        "Bob works in another project, and would like to use it. He finds the ID of his project.",
        "openstack token issue -c project_id -f value",
        user="bob",
        remember="his_project",
    ),
    Step(
        "A name that nobody can look up would be stored as it is, and give access to nobody. It is refused.",
        "openstack vsc image share rnatools VSC_00002",
        status=3,
        shows="Refused by V106; nothing was changed.",
    ),
    Step(
        "With the ID of the project it is shared.",
        "openstack vsc image share rnatools {his_project}",
        shows="visibility: private → shared",
    ),
    Step("It is pending until Bob answers.", "openstack vsc image list --pending", user="bob", shows="rnatools"),
    Step(
        "He accepts it by its name.",
        "openstack vsc image accept rnatools",
        user="bob",
        shows="it is in your list now",
    ),
    Step(
        "He uses it, here with the standard client: the data is his to boot from, or to download.",
        "openstack image save rnatools --file copy-of-bob",
        user="bob",
    ),
    Step("Whom it is shared with.", "openstack vsc image member list rnatools", shows="accepted"),
)

PUBLISHING = (
    Step(
        "What everybody can use has to say what it is. This one does not.",
        "openstack vsc image community rnatools",
        status=3,
        shows="Refused by V104; nothing was changed.",
    ),
    Step(
        "Mended and published, in one command.",
        "openstack vsc image community rnatools --description 'RNA tools'",
        shows="visibility: shared → community",
    ),
    Step(
        "What the VSC's staff runs every night: a row for each community image.",
        "openstack vsc image audit --all-community -f value -c Name -c Visibility -c 'NICs At Boot' -c Errors",
        user="admin",
        shows="rnatools community all 0",
    ),
    Step(
        "Everybody finds it now among the community images.",
        "openstack vsc image list --community",
        user="bob",
        shows="rnatools",
    ),
    Step(
        "Public images are provided by the VSC. For all others that is refused.",
        "openstack vsc image set rnatools --public",
        status=3,
        shows="Refused by V101; nothing was changed.",
    ),
    Step(
        "The VSC's staff may. They say which one they mean by its ID.",
        "openstack vsc image list --community -f value -c ID",
        user="admin",
        remember="image",
    ),
    Step(
        "It is in everybody's list now.",
        "openstack vsc image set {image} --public",
        user="admin",
        shows="visibility: community → public",
    ),
)

TAKING_BACK = (
    Step(
        "Taking it back takes it from everybody. That has to be meant.",
        "openstack vsc image private rnatools",
        status=3,
        shows="Everybody else loses access",
    ),
    Step(
        "It is meant.",
        "openstack vsc image private rnatools --yes",
        shows="visibility: public → private",
    ),
    Step("Bob does not see it any more.", "openstack vsc image list", user="bob", hides="rnatools"),
    Step("Gone again.", "openstack vsc image delete rnatools", shows="Deleted rnatools"),
)

STEPS = (*LOOKING, *CREATING, *SHARING, *PUBLISHING, *TAKING_BACK)


def main() -> int:
    """Runs all steps; returns 0 only when each did what it should."""
    _need("mkfs.ext4", "e2fsprogs")
    _need("qemu-img", "qemu-utils")
    with tempfile.TemporaryDirectory(prefix="vscclient-demo-") as name:
        folder = Path(name)
        guest_disk(folder / "rnatools-1.qcow2", files={**FIRST_ONLY, **LEFT_IN})
        guest_disk(folder / "rnatools-2.qcow2")
        with start() as cloud:
            return 0 if _all_run(folder, cloud) else 1


def _need(program: str, package: str) -> None:
    """Ends the demo if a program is not there."""
    if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
        raise SystemExit(f"The demo makes its disks with {program}, which is not there: install the package {package}")


def _all_run(folder: Path, cloud: Cloud) -> bool:
    """Runs every step, whatever became of those before it."""
    known = {"first": "rnatools-1.qcow2", "disk": "rnatools-2.qcow2"}
    outcomes = [run(step, folder, cloud, known) for step in STEPS]
    return all(outcomes)


def run(step: Step, folder: Path, cloud: Cloud, known: dict[str, str]) -> bool:
    """Shows and runs one step; whether it did what it should.

    Args:
        folder: Where it is typed.
        known: What stands for the words in braces; what the step has to remember is added.
    """
    words = shlex.split(step.words.format_map(known))
    prompt = "$" if step.user == "alice" else f"{step.user} $"
    tell(f"\n# {step.says}\n{prompt} {shlex.join(words)}")
    done = _typed(words, folder, cloud.users[step.user])
    tell(done.stdout.rstrip())
    if step.remember:
        known[step.remember] = done.stdout.strip()
    as_it_should = done.returncode == step.status and step.shows in done.stdout
    as_it_should = as_it_should and (step.hides is None or step.hides not in done.stdout)
    if not as_it_should:
        tell(f"# This should have ended with {step.status} and shown {step.shows!r}; it ended with {done.returncode}.")
    return as_it_should


def _typed(words: list[str], folder: Path, user: User) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    environment |= user.environment
    environment["XDG_CACHE_HOME"] = str(folder / "cache")
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment.get('PATH', '')}"
    return subprocess.run(
        words,
        env=without_proxy(environment),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )


def tell(text: str) -> None:
    """Writes to the reader at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
