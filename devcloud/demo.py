"""The most important commands on a cloud of its own: ``python -m devcloud.demo``.

Each command is printed before its output.
"""

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
"""Credentials that were forgotten in the guest; they belong to nobody."""


@dataclass(frozen=True)
class Step:
    """One command.

    Args:
        text: An explanation for the reader.
        command: The command as typed; braces stand for the output of earlier steps.
        user: The user who types it.
        status: The expected exit status.
        shows: A text that its output must contain.
        hides: A text that its output must not contain.
        remember: The name by which later steps use its output.
    """

    text: str
    command: str
    user: str = "alice"
    status: int = 0
    shows: str = ""
    hides: str | None = None
    remember: str | None = None


INSPECTION = (
    Step(
        "The disk of a guest, as it was installed. Which network interfaces will come up? What was left in the guest? "
        "Nothing is booted, and no request goes to the cloud.",
        "openstack vsc image inspect --file {first} -c os_distro -c os_version -c network_stack -c nics_at_boot "
        "-c nic_hotplug -c hygiene",
        shows="first",
    ),
    Step(
        "The guest is for several networks, but only its first interface comes up. The reason, and all other findings:",
        "openstack vsc image check --file {first} --multi-nic --for community -f value -c Code -c Severity -c Message",
        status=3,
        shows="only the first of three network interfaces comes up at boot",
    ),
    Step(
        "The disk can still become a private image: for a private image these errors are warnings.",
        "openstack vsc image create firsttry --file {first} --multi-nic -c id -c warnings",
        shows="H506, N202",
    ),
    Step(
        "For a community image, the forgotten secret and the interfaces that stay down are errors.",
        "openstack vsc image community firsttry --description 'RNA tools'",
        status=3,
        shows="Refused by H506, N202; nothing was changed.",
    ),
    Step(
        "The same guest, fixed: it configures each interface by a pattern, and the secret is removed. It passes.",
        "openstack vsc image check --file {disk} --multi-nic --for community --description 'RNA tools' "
        "-f value -c Code -c Severity -c Message",
        shows="1 rule could not be checked",
        hides="N202",
    ),
    Step("The first image is not needed any more.", "openstack vsc image delete firsttry", shows="Deleted firsttry"),
)

CREATION = (
    Step(
        "The fixed disk is uploaded. Format, size and system are set automatically; the data in the cloud is verified.",
        "openstack vsc image create rnatools --file {disk} "
        "-c id -c name -c disk_format -c min_disk -c status -c visibility -c verified",
        shows="sha512",
    ),
    Step(
        "The image in the cloud, with the columns of the standard command.",
        "openstack vsc image show rnatools --max-width 100",
        shows="vsc_multi_nic='true'",
    ),
    Step(
        "Inspect the image in the cloud. The same data was inspected before, so nothing is read again.",
        "openstack vsc image inspect rnatools -c nics_at_boot -c nic_hotplug -c bytes_read -c requests",
        shows="all",
    ),
    Step(
        "An image with a wrong format does not boot. It is refused before a byte is sent.",
        "openstack vsc image create broken --file {disk} --disk-format vmdk",
        status=3,
        shows="Refused by D301; nothing was changed.",
    ),
    Step(
        "Nothing is left of the refused image. The standard client lists the other one like any image.",
        "openstack image list",
        shows="rnatools",
        hides="broken",
    ),
)

SHARING = (
    Step(
        "Bob works in another project, and would like to use the image. He shows the ID of his project.",
        "openstack token issue -c project_id -f value",
        user="bob",
        remember="his_project",
    ),
    Step(
        "A project name that cannot be looked up would be stored as it is, and give nobody access. It is refused.",
        "openstack vsc image share rnatools VSC_00002",
        status=3,
        shows="Refused by V106; nothing was changed.",
    ),
    Step(
        "With the ID of the project, the image is shared.",
        "openstack vsc image share rnatools {his_project}",
        shows="visibility: private → shared",
    ),
    Step("The image is pending until Bob answers.", "openstack vsc image list --pending", user="bob", shows="rnatools"),
    Step(
        "Bob accepts the image by its name.",
        "openstack vsc image accept rnatools",
        user="bob",
        shows="it is in your list now",
    ),
    Step(
        "Bob uses the image, here with the standard client: he can boot or download it.",
        "openstack image save rnatools --file copy-of-bob",
        user="bob",
    ),
    Step("List the members of the image.", "openstack vsc image member list rnatools", shows="accepted"),
)

PUBLICATION = (
    Step(
        "An image for everybody needs a description. This one has none.",
        "openstack vsc image community rnatools",
        status=3,
        shows="Refused by V104; nothing was changed.",
    ),
    Step(
        "Add the description and publish the image, in one command.",
        "openstack vsc image community rnatools --description 'RNA tools'",
        shows="visibility: shared → community",
    ),
    Step(
        "The audit that the VSC's staff runs every night: a row for each community image.",
        "openstack vsc image audit --all-community -f value -c Name -c Visibility -c 'NICs At Boot' -c Errors",
        user="admin",
        shows="rnatools community all 0",
    ),
    Step(
        "Everybody now finds the image in the list of community images.",
        "openstack vsc image list --community",
        user="bob",
        shows="rnatools",
    ),
    Step(
        "Only the VSC provides public images. The command is refused for everybody else.",
        "openstack vsc image set rnatools --public",
        status=3,
        shows="Refused by V101; nothing was changed.",
    ),
    Step(
        "The VSC's staff may do it. They need the ID of the image.",
        "openstack vsc image list --community -f value -c ID",
        user="admin",
        remember="image",
    ),
    Step(
        "The image is now in everybody's list.",
        "openstack vsc image set {image} --public",
        user="admin",
        shows="visibility: community → public",
    ),
)

WITHDRAWAL = (
    Step(
        "A private image is for its project only, so everybody else loses access. This needs a confirmation.",
        "openstack vsc image private rnatools",
        status=3,
        shows="Everybody else loses access",
    ),
    Step(
        "Confirm it with an option.",
        "openstack vsc image private rnatools --yes",
        shows="visibility: public → private",
    ),
    Step("Bob does not see the image any more.", "openstack vsc image list", user="bob", hides="rnatools"),
    Step("Delete the image.", "openstack vsc image delete rnatools", shows="Deleted rnatools"),
)

STEPS = (*INSPECTION, *CREATION, *SHARING, *PUBLICATION, *WITHDRAWAL)


def main() -> int:
    """Run all steps; return 0 only if each had the expected result."""
    _require("mkfs.ext4", "e2fsprogs")
    _require("qemu-img", "qemu-utils")
    with tempfile.TemporaryDirectory(prefix="vscclient-demo-") as name:
        folder = Path(name)
        guest_disk(folder / "rnatools-1.qcow2", files={**FIRST_ONLY, **LEFT_IN})
        guest_disk(folder / "rnatools-2.qcow2")
        with start() as cloud:
            return 0 if _run_all(folder, cloud) else 1


def _require(program: str, package: str) -> None:
    """End the demo if a program is not installed."""
    if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
        raise SystemExit(f"The demo needs {program}. Install the package {package}")


def _run_all(folder: Path, cloud: Cloud) -> bool:
    """Run each step, whatever the results of the earlier steps are."""
    known = {"first": "rnatools-1.qcow2", "disk": "rnatools-2.qcow2"}
    outcomes = [run(step, folder, cloud, known) for step in STEPS]
    return all(outcomes)


def run(step: Step, folder: Path, cloud: Cloud, known: dict[str, str]) -> bool:
    """Print and run one step; return True if it had the expected result.

    Args:
        step: The step.
        folder: The folder to run it in.
        cloud: The cloud to run it on.
        known: The texts for the names in braces; the output of the step is added if a later step needs it.
    """
    words = shlex.split(step.command.format_map(known))
    prompt = "$" if step.user == "alice" else f"{step.user} $"
    say(f"\n# {step.text}\n{prompt} {shlex.join(words)}")
    done = _run_as(words, folder, cloud.users[step.user])
    say(done.stdout.rstrip())
    if step.remember:
        known[step.remember] = done.stdout.strip()
    is_as_expected = done.returncode == step.status and step.shows in done.stdout
    is_as_expected = is_as_expected and (step.hides is None or step.hides not in done.stdout)
    if not is_as_expected:
        say(f"# Expected: exit status {step.status} and {step.shows!r} in the output. Exit status: {done.returncode}.")
    return is_as_expected


def _run_as(words: list[str], folder: Path, user: User) -> subprocess.CompletedProcess[str]:
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


def say(text: str) -> None:
    """Print a text at once."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
