"""The data of an image in Glance, read by range requests: only what is needed is fetched, and nothing twice."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import requests
from glanceclient import exc

from vscclient import errors
from vscclient.glance.client import Service, image_path, translate_errors
from vscclient.glance.error_translation import SERVICE
from vscclient.glance.readahead import Readahead
from vscclient.glance.record import image_of
from vscclient.model.image import Image
from vscclient.transport.connection_failure import connection_error

BLOCK_BYTES = 64 * 1024
"""The least that is fetched at once. Larger blocks save requests and cost bytes: 1 MiB moved seven times as many."""

CACHED_BLOCKS = 512
"""How many blocks are kept, 32 MiB; a guest needs about 8 MiB."""

MAX_BLOCKS = 64
"""The most blocks in one request, 4 MiB."""

_RETRIES = {"status_code_retries": 2, "retriable_status_codes": [500, 502, 503, 504], "connect_retries": 2}


class RangedImage:
    """The data of an image, as blocks.

    Args:
        service: The service that has the image.
        image: Its record; later changes are detected.
    """

    def __init__(self, service: Service, image: Image) -> None:
        self.size_bytes = image.size_bytes or 0
        self.requests = 0
        self.bytes_read = 0
        self._service = service
        self._image = image
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._readahead = Readahead(-(-self.size_bytes // BLOCK_BYTES))

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Raises:
            NoRanges: The cloud does not support range requests.
            ImageChanged: The image is not the same as when reading began.
            CloudError: The bytes could not be fetched.
        """
        end = min(offset_bytes + length_bytes, self.size_bytes)
        if offset_bytes >= end:
            return b""
        first = offset_bytes // BLOCK_BYTES
        content = b"".join(self._blocks(range(first, (end - 1) // BLOCK_BYTES + 1)))
        return content[offset_bytes - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def has_changed(self) -> bool:
        """Return True if the image is not the same as when reading began; sends a request."""
        now = image_of(self._service.request("get", image_path(str(self._image.id)), **_RETRIES))
        return _identity(now) != _identity(self._image)

    def _blocks(self, wanted: range) -> Iterator[bytes]:
        """Return the blocks; adjacent ones that are not cached are fetched by one request."""
        for number in wanted:
            if number not in self._cache:
                end = min(wanted.stop, number + MAX_BLOCKS)
                missing = range(number, next((other for other in range(number, end) if other in self._cache), end))
                self._fetch(self._readahead.around(missing, self._cache))
            self._cache.move_to_end(number)
            yield self._cache[number]

    def _fetch(self, numbers: range) -> None:
        """Put adjacent blocks into the cache, by one request."""
        start, stop = numbers.start * BLOCK_BYTES, min(numbers.stop * BLOCK_BYTES, self.size_bytes)
        self.requests += 1
        response = self._request(f"bytes={start}-{stop - 1}")
        try:
            self._check(response, start, stop)
            content = _body(response, stop - start)
        except BaseException:
            response.close()  # a connection with an unread rest cannot be used for the next request
            raise
        self.bytes_read += len(content)
        for at, number in enumerate(numbers):
            self._cache[number] = content[at * BLOCK_BYTES : (at + 1) * BLOCK_BYTES]
        while len(self._cache) > CACHED_BLOCKS:
            self._cache.popitem(last=False)

    def _request(self, byte_range: str) -> requests.Response:
        """Return the answer, whose body has not been read.

        By the session, not by glanceclient, which writes ``Range: bytes%3D0-9``.
        """
        client: Any = self._service.client.http_client
        headers = {"Range": byte_range, "Accept": "application/octet-stream", "Accept-Encoding": "identity"}
        path = f"{image_path(str(self._image.id))}/file"
        with translate_errors():
            response: requests.Response = client.session.get(
                path,
                endpoint_override=client.endpoint_override,
                headers=headers,
                raise_exc=False,
                stream=True,
                **_RETRIES,
            )
            if response.status_code in (400, 416):
                raise errors.NoRanges(SERVICE, response.text)
            if response.status_code >= 400:
                raise exc.from_response(response, response.content)
        return response

    def _check(self, response: requests.Response, start: int, stop: int) -> None:
        """Check that the answer is the requested range. Source: RFC 9110, sections 14.4 and 15.3.7."""
        if response.status_code != 206:
            raise errors.NoRanges(SERVICE, f"it answered {response.status_code} to a range request")
        header = response.headers.get("Content-Range", "")
        match = re.fullmatch(r"bytes (\d{1,20})-(\d{1,20})/(\d{1,20}|\*)", header.strip())
        if not match or (int(match[1]), int(match[2])) != (start, stop - 1):
            raise errors.UnexpectedAnswer(
                SERVICE, f"a range other than bytes {start}-{stop - 1} of the image: {header!r}"
            )
        if match[3] not in ("*", str(self.size_bytes)):
            raise errors.ImageChanged(SERVICE, f"it had {self.size_bytes} bytes, now {match[3]}")


def _body(response: requests.Response, length_bytes: int) -> bytes:
    """Return the whole body; whatever the server sends, not much more than the requested length is read."""
    content = bytearray()
    try:
        for piece in response.iter_content(BLOCK_BYTES):
            content += piece
            if len(content) > length_bytes:
                break
    except requests.RequestException as failure:
        raise connection_error(SERVICE, failure) from failure
    if len(content) != length_bytes:
        raise errors.UnexpectedAnswer(SERVICE, f"not the {length_bytes} bytes of the image that it announced")
    return bytes(content)


def _identity(image: Image) -> tuple[object, ...]:
    """Return the fields that change when the data of an image does.

    The time of the last change counts only without a hash: it changes with each tag, so that an owner who adds some
    while the image is inspected could keep it from being checked.
    """
    data = (image.hash_value, image.checksum, image.size_bytes, image.status)
    return data if image.hash_value or image.checksum else (*data, image.record.get("updated_at"))
