"""List many images, beside the standard client: ours requests large pages and adds columns."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from benchmarks.measurement import Run, measure, output, ratio_text
from devcloud.cloud import CLOUD_VARIABLE, read

OTHERS = ("bob", "carol", "eve")
"""Users whose projects share images with alice's project, or publish them."""

KINDS = ("mine", "public", "community", "accepted", "pending", "hidden", "private of others")
"""The kinds of images; there are equally many of each."""

PROPERTIES = {
    "os_distro": "debian",
    "os_version": "13",
    "architecture": "x86_64",
    "hw_disk_bus": "scsi",
    "hw_scsi_model": "virtio-scsi",
    "description": "an image of a benchmark " * 4,
    "vsc_multi_nic": "true",
}

TRIES = 5
"""Attempts: the development cloud sometimes rejects a token when several threads use it at once."""

COMMANDS = ("", "--all --long", "--all --member-status all")
"""The measured options of ``image list``, as alice."""


def main() -> None:
    """Create the images, and list them with the two clients in turn; print medians and the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    started = time.monotonic()
    Glance().fill(args.images)
    seconds = time.monotonic() - started
    print(f"{args.images} images, equally many of each kind ({', '.join(KINDS)}), created in {seconds:.0f} s")
    for options in COMMANDS:
        words = f"image list {options} -f json".split()
        _compare(words)  # fills caches, too
        _report(" ".join(words), [(measure(["vsc", *words]), measure(words)) for _ in range(args.pairs)])


class Glance:
    """The Image service, without a client library."""

    def __init__(self) -> None:
        self._cloud = read(os.environ[CLOUD_VARIABLE])
        self._tokens = {
            user: output("token issue -f value -c id".split(), user).strip() for user in ("alice", "admin", *OTHERS)
        }
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy for a server on loopback

    def fill(self, count: int) -> None:
        """Create records without data."""
        with ThreadPoolExecutor(4) as pool:
            for _ in pool.map(self._make, range(count)):
                pass

    def _make(self, number: int) -> None:
        kind, other = KINDS[number % len(KINDS)], OTHERS[number % len(OTHERS)]
        owner = {"mine": "alice", "hidden": "alice", "public": "admin"}.get(kind, other)
        visibility = {"public": "public", "community": "community", "accepted": "shared", "pending": "shared"}
        fields = {
            "name": f"{kind} {number:05}",
            "visibility": visibility.get(kind, "private"),
            "os_hidden": kind == "hidden",
            "tags": ["benchmark", f"number-{number}"],
        }
        image = self._request("POST", "", owner, fields | PROPERTIES)
        if kind in ("accepted", "pending"):
            member = self._cloud.users["alice"].project_id
            self._request("POST", f"/{image['id']}/members", owner, {"member": member})
            self._request("PUT", f"/{image['id']}/members/{member}", "alice", {"status": kind})

    def _request(self, verb: str, path: str, user: str, body: dict[str, Any]) -> Any:
        url, headers = f"{self._cloud.image_url}/v2/images{path}", {"X-Auth-Token": self._tokens[user]}
        for _ in range(TRIES):
            answer = self._session.request(verb, url, headers=headers, json=body, timeout=60)
            if answer.status_code != 401:
                break
        answer.raise_for_status()
        return answer.json()


def _compare(words: list[str]) -> None:
    standard, ours = (_rows(command) for command in (words, ["vsc", *words]))
    same = [{column: row[column] for column in expected} for row, expected in zip(ours, standard, strict=True)]
    print(f"\n{len(standard)} rows;", "the standard columns are identical" if same == standard else "DIFFERENT")


def _rows(words: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(output(words))
    return rows


def _report(words: str, pairs: list[tuple[Run, Run]]) -> None:
    for name, runs in zip((f"openstack vsc {words}", f"openstack {words}"), zip(*pairs, strict=True), strict=True):
        seconds = statistics.median(run.seconds for run in runs)
        print(f"{name}: {seconds:.2f} s (median of {len(runs)}), at most {max(run.peak_mib for run in runs):.0f} MiB")
    ratios = [ours.seconds / standard.seconds for ours, standard in pairs]
    print("ratio of the times:", ratio_text(ratios))


if __name__ == "__main__":
    main()
