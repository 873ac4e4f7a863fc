"""A fault: at which request it happens, when, and what happens."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ALWAYS = 10**9


class When(StrEnum):
    """The moment of a fault, relative to the body of the request and to the work of the service."""

    BEFORE = "before the body"
    DURING = "during the body"
    AFTER = "after the body"
    DONE = "after the service did the work"
    ANSWERING = "during the answer"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault of the requests that match.

    Until the moment of the fault, the request goes on to the service; at ``AFTER`` the service gets nothing, as from a
    front end that stores a request before it forwards it.

    Args:
        method: A regular expression for the method: ``PUT``, or ``PUT|POST``.
        path: A regular expression for the whole path.
        body_has: A text that the body of the request must contain; for small bodies.
        nth: The first of the matching requests that has the fault, counted from 1.
        left: How often the fault will happen, as a list of one number.
        follows: The fault happens only once this one has happened as often as it may.
        when: The moment. None: ``DURING`` with ``after_bytes``, else ``AFTER`` for a status, else ``BEFORE``.
        after_bytes: The bytes of the body before a fault ``DURING`` it; 0: half of a body with a known length.
        status: The status of the answer.
        message: The message of this answer, on a page in HTML.
        body: The body of this answer, instead of the page.
        headers: More headers of this answer (``Location``, ``Retry-After``).
        hang: Send and read no byte any more.
        reset: Reset the connection (RST).
        close: Close the connection (FIN).
        delay_s: Seconds before the request is handled.
        slow_s: Seconds between two pieces of the body.
        bytes_per_s: The speed of the line: of the body, or ``ANSWERING`` of the answer.
        change: Changes the JSON of the real answer.
        garble: Returns another answer for the bytes of the real one.
        repeat: Send the request to the service twice, and return the second answer.
        call: Called at the moment, to send a signal; the request goes on if nothing else happens.
    """

    method: str
    path: str
    body_has: str = ""
    nth: int = 1
    left: list[int] = field(default_factory=lambda: [ALWAYS])
    follows: Fault | None = None
    when: When | None = None
    after_bytes: int = 0
    status: int | None = None
    message: str = "a fault"
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    reset: bool = False
    close: bool = False
    delay_s: float = 0.0
    slow_s: float = 0.0
    bytes_per_s: int = 0
    change: Callable[[dict[str, Any]], None] | None = None
    garble: Callable[[bytes], bytes] | None = None
    repeat: bool = False
    call: Callable[[], None] | None = None
    seen: list[int] = field(default_factory=lambda: [0], repr=False)

    @property
    def count(self) -> int:
        """The number of times that a permanent fault has happened. A fault without an effect counts requests."""
        return ALWAYS - self.left[0]

    @property
    def moment(self) -> When:
        """The moment, also where none is given."""
        if self.when:
            return self.when
        if self.after_bytes:
            return When.DURING
        return When.AFTER if self.status else When.BEFORE

    @property
    def ends_the_request(self) -> bool:
        """Return True if the client does not get the answer of the service."""
        return bool(self.status or self.hang or self.reset or self.close)

    def matches(self, method: str, path: str, content: bytes) -> bool:
        """Return True if the fault happens to this request; count it."""
        if self.body_has.encode() not in content or (self.follows and self.follows.left[0] > 0):
            return False
        if (
            not re.fullmatch(self.method, method)
            or not re.fullmatch(self.path, path.split("?")[0])
            or self.left[0] <= 0
        ):
            return False
        self.seen[0] += 1
        if self.seen[0] < self.nth:
            return False
        self.left[0] -= 1
        return True


def once() -> list[int]:
    """Return the ``Fault.left`` of a fault that happens one time."""
    return [1]
