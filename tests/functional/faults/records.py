"""The images in Glance, looked up there directly: not through the proxy, and not by the client under test."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

import requests

from devcloud.cloud import Cloud

_UNDER_WAY = ("saving", "uploading", "importing")
_SETTLES_S = 5.0
_POLL_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Record:
    """An image in Glance.

    Args:
        sha512: The hash of its data.
        members: Its members and their answers, while it is shared.
    """

    image_id: str
    status: str
    visibility: str
    protected: bool
    sha512: str | None
    tags: tuple[str, ...]
    min_disk: int
    members: tuple[str, ...]

    def __str__(self) -> str:
        """Return the record in words: ``active, community, protected``."""
        words = [self.status, self.visibility]
        words += ["protected"] if self.protected else []
        words += [f"{len(self.members)} member"] if self.members else []
        return ", ".join(words)


def _new_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session


@dataclass(frozen=True)
class Glance:
    """The Image service, for one user.

    Args:
        cloud: The development cloud.
        user: The entry of the user.
    """

    cloud: Cloud
    user: str = "alice"
    _session: requests.Session = field(default_factory=_new_session, init=False, repr=False, compare=False)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request, which has to succeed. A token is renewed: all faults take longer than it lives."""
        url = f"{self.cloud.image_url}/v2/images{path}"
        answer = self._session.request(method, url, timeout=60, **options)
        if answer.status_code == requests.codes.unauthorized:
            self._session.headers["X-Auth-Token"] = self._new_token()
            answer = self._session.request(method, url, timeout=60, **options)
        answer.raise_for_status()
        return answer

    def _new_token(self) -> str:
        user = self.cloud.users[self.user]
        identity = {
            "methods": ["password"],
            "password": {"user": {"id": user.user_id, "password": user.password}},
        }
        scope = {"project": {"id": user.project_id}}
        answer = requests.post(
            f"{self.cloud.auth_url}/auth/tokens", json={"auth": {"identity": identity, "scope": scope}}, timeout=60
        )
        answer.raise_for_status()
        return answer.headers["X-Subject-Token"]

    def create(self, fields: Mapping[str, object], data: bytes, members: Iterable[str] = ()) -> str:
        """Create an image with these fields; return its ID."""
        later = {name: fields[name] for name in ("protected",) if name in fields}
        image_id = str(self.request("POST", "", json={**fields, "protected": False}).json()["id"])
        self.request("PUT", f"/{image_id}/file", data=data, headers={"Content-Type": "application/octet-stream"})
        for member in members:
            self.request("POST", f"/{image_id}/members", json={"member": member})
        for name, value in later.items():
            self._set(image_id, name, value)
        return image_id

    def named(self, name: str) -> tuple[Record, ...]:
        """Return the images with this name, once no request works on them any more."""
        end = time.monotonic() + _SETTLES_S
        while True:
            records = self._named(name)
            is_late = time.monotonic() > end
            if is_late or all(record["status"] not in _UNDER_WAY for record in records):
                with nullcontext() if is_late else suppress(requests.HTTPError):  # it changes under our hands
                    return tuple(self._record(record) for record in records)
            time.sleep(_POLL_S)

    def delete(self, name: str) -> None:
        """Delete the images with this name, also if a request still works on them."""
        end = time.monotonic() + _SETTLES_S
        while records := self._named(name):
            for record in records:
                with suppress(requests.HTTPError):
                    if record["protected"]:
                        self._set(record["id"], "protected", False)
                    self.request("DELETE", f"/{record['id']}")
            if time.monotonic() > end:
                return  # the cloud is removed soon
            time.sleep(_POLL_S)

    def _set(self, image_id: str, field: str, value: object) -> None:
        self.request(
            "PATCH",
            f"/{image_id}",
            json=[{"op": "replace", "path": f"/{field}", "value": value}],
            headers={"Content-Type": "application/openstack-images-v2.1-json-patch"},
        )

    def _named(self, name: str) -> list[dict[str, Any]]:
        query = {"name": f"eq:{name}", "visibility": "all"}
        records: list[dict[str, Any]] = self.request("GET", "", params=query).json()["images"]
        return records

    def _record(self, record: Mapping[str, Any]) -> Record:
        members = []
        if record["visibility"] == "shared":
            listed = self.request("GET", f"/{record['id']}/members").json()["members"]
            members = [f"{member['member_id']} {member['status']}" for member in listed]
        return Record(
            image_id=record["id"],
            status=record["status"],
            visibility=record["visibility"],
            protected=record["protected"],
            sha512=record.get("os_hash_value"),
            tags=tuple(sorted(record["tags"])),
            min_disk=record["min_disk"],
            members=tuple(sorted(members)),
        )
