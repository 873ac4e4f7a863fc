"""The kinds of faults, and the moments at which each can happen."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.functional.faults.fault import Fault, When, once

HUGE_BYTES = 65 * 1024**2
"""More than the client accepts as an answer."""

SLOW_BYTES_PER_S = 256 * 1024
"""A MiB takes longer than the client waits for a silent line (``trial.SETTINGS``)."""

_WITH_BODY = (When.BEFORE, When.DURING, When.AFTER, When.DONE)
_HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault.

    Args:
        title: Its words.
        group: The word for it and its like, in the table for users.
        whens: The moments at which it can happen. Those that need a body are left out for a request without one.
        methods: The methods of the requests that it can happen to.
        fields: The fields of the ``Fault``.
        signals: The signals that the client gets; the second one while it cleans up.
        is_redirect: The answer leads to another address.
        then: The fields of the faults of all later requests: the service is away.
        for_requests: How many later requests that holds for; None: all.
    """

    title: str
    group: str
    whens: tuple[When, ...]
    methods: str = "GET|POST|PUT|PATCH|DELETE"
    fields: Mapping[str, Any] = field(default_factory=dict)
    signals: tuple[signal.Signals, ...] = ()
    is_redirect: bool = False
    then: Mapping[str, Any] = field(default_factory=dict)
    for_requests: int | None = None


def _statuses() -> Iterator[Kind]:
    plain = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
    for status, reason in plain.items():
        yield Kind(title=f"{status} {reason}", group=_group(status), whens=_WITH_BODY, fields={"status": status})
    for status, reason in {413: "Request Entity Too Large", 502: "Bad Gateway"}.items():
        page = _HTML.format(f"{status} {reason}")
        yield Kind(
            title=f"{status} with a page of a front end",
            group=_group(status),
            whens=_WITH_BODY,
            fields={"status": status, "body": page},
        )
    patient = {"status": 429, "headers": {"Retry-After": "1"}}
    yield Kind(title="429 Too Many Requests, Retry-After", group="429", whens=_WITH_BODY, fields=patient)
    for status, reason in {500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout"}.items():
        yield Kind(title=f"{status} {reason}", group=_group(status), whens=_WITH_BODY, fields={"status": status})
    for status in (301, 302, 307, 308):
        yield Kind(
            title=f"{status} to another port",
            group="redirect",
            whens=(When.AFTER,),
            fields={"status": status},
            is_redirect=True,
        )


def _group(status: int) -> str:
    return f"{status // 100}xx"


def _lines() -> Iterator[Kind]:
    every = (*_WITH_BODY, When.ANSWERING)
    yield Kind(title="connection reset", group="connection lost", whens=every, fields={"reset": True})
    yield Kind(
        title="connection closed",
        group="connection lost",
        whens=(When.AFTER, When.DONE, When.ANSWERING),
        fields={"close": True},
    )
    yield Kind(title="silent line", group="silence", whens=every, fields={"hang": True})
    slow = {"bytes_per_s": SLOW_BYTES_PER_S}
    yield Kind(title="slow line", group="slow line", whens=(When.DURING, When.ANSWERING), fields=slow)


def _garbled() -> Iterator[Kind]:
    answers: dict[str, Callable[[bytes], bytes]] = {
        "empty answer": lambda _: b"",
        "answer is not JSON": lambda _: b"<html>Welcome</html>",
        "answer is cut": lambda content: content[: len(content) // 2],
        "answer is null": lambda _: b"null",
        "answer is a list": lambda _: b"[1]",
        "answer has no fields": lambda _: b"{}",
        "answer has values of other types": _with_other_types,
        "answer has another ID": _with_another_id,
        "huge answer": lambda _: b'{"id": "' + b"x" * HUGE_BYTES + b'"}',
    }
    for title, garble in answers.items():
        yield Kind(
            title=title, group="garbled answer", whens=(When.DONE,), methods="GET|POST|PATCH", fields={"garble": garble}
        )
    yield Kind(  # what a GET says about an image is believed
        title="answer is about a public image",
        group="garbled answer",
        whens=(When.DONE,),
        methods="POST|PATCH",
        fields={"garble": _of_a_public_image},
    )


def _with_other_types(content: bytes) -> bytes:
    record = json.loads(content or b"{}")
    return json.dumps({name: 7 if isinstance(value, str) else "x" for name, value in record.items()}).encode()


def _of_a_public_image(content: bytes) -> bytes:
    record = json.loads(content or b"{}")
    return json.dumps({**record, "visibility": "public"} if "visibility" in record else record).encode()


def _with_another_id(content: bytes) -> bytes:
    record = json.loads(content or b"{}")
    return json.dumps({**record, "id": "00000000-0000-4000-8000-000000000000"}).encode()


def _signals() -> Iterator[Kind]:
    moments = (When.BEFORE, When.DURING, When.AFTER, When.DONE)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        yield Kind(title=number.name, group=number.name, whens=moments, signals=(number,))
    yield Kind(
        title="SIGINT, again while it cleans up",
        group="SIGINT twice",
        whens=moments,
        signals=(signal.SIGINT, signal.SIGINT),
    )


def _absences() -> Iterator[Kind]:
    reset, failing = {"reset": True}, {"status": 503}
    yield Kind(title="the service goes away", group="the service goes away", whens=_WITH_BODY, fields=reset, then=reset)
    yield Kind(title="503 from then on", group="503 from then on", whens=_WITH_BODY, fields=failing, then=failing)
    yield Kind(
        title="503 for some requests",
        group="503 for some requests",
        whens=_WITH_BODY,
        fields=failing,
        then=failing,
        for_requests=3,
    )


KINDS: tuple[Kind, ...] = (
    *_statuses(),
    *_lines(),
    *_garbled(),
    Kind(
        title="a front end repeats the request",
        group="repeated request",
        whens=(When.DONE,),
        methods="POST|PUT|PATCH|DELETE",
        fields={"repeat": True},
    ),
    *_signals(),
    *_absences(),
)


def kind_of(title: str) -> Kind:
    """Return the kind with this title."""
    (kind,) = (kind for kind in KINDS if kind.title == title)
    return kind


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A request of a command.

    Args:
        method: Its method.
        path: A regular expression for its path.
        nth: Its number among the requests that match.
        service: ``image`` or ``identity``.
    """

    method: str
    path: str
    nth: int = 1
    service: str = "image"

    def whens(self, kind: Kind) -> tuple[When, ...]:
        """Return the moments at which a kind can happen to this request.

        Only the body of an upload has a middle: the others fit one packet.
        """
        if not re.fullmatch(kind.methods, self.method):
            return ()
        return tuple(when for when in kind.whens if self.method == "PUT" or when not in (When.BEFORE, When.DURING))

    def faults(self, kind: Kind, when: When, *, elsewhere: str, send: Callable[[signal.Signals], None]) -> list[Fault]:
        """Return the faults of a kind at this request, for one command.

        Args:
            kind: The kind.
            when: The moment.
            elsewhere: The address that a redirect leads to.
            send: Sends the client a signal.
        """
        fields = dict(kind.fields)
        if kind.is_redirect:
            fields["headers"] = {"Location": f"{elsewhere}/v2/images"}
        if kind.signals:
            fields["call"] = lambda: send(kind.signals[0])
        at: dict[str, Any] = {"method": self.method, "path": self.path, "nth": self.nth}
        faults = [Fault(**at, **fields, when=when, left=once())]
        if kind.signals[1:]:
            second = kind.signals[1]
            cleaning_up: dict[str, Any] = {"method": "DELETE", "path": ".*", "follows": faults[0]}
            faults.append(Fault(**cleaning_up, hang=True, call=lambda: send(second), left=once()))
        if kind.then:
            after = Fault(method=".*", path=".*", **kind.then, left=[kind.for_requests or 10**9], follows=faults[0])
            faults.append(after)
        return faults
