"""An image in Glance, read by parts: only what is asked for is sent, and nothing twice."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import requests
from glanceclient import exc

from vscclient import errors
from vscclient.glance.failure import SERVICE, translated
from vscclient.glance.readahead import Readahead
from vscclient.glance.record import image_of
from vscclient.glance.service import Service, path_of
from vscclient.model.image import Image

BLOCK_BYTES = 64 * 1024
"""What is read at once at least. Larger blocks save requests and cost bytes: 1 MiB moved seven times as many."""

CACHED_BLOCKS = 512
"""How many blocks are kept, 32 MiB; a guest needs about 8 MiB."""

MOST_BLOCKS = 64
"""How many blocks are asked for in one request at most, 4 MiB."""

_PATIENCE = {"status_code_retries": 2, "retriable_status_codes": [500, 502, 503, 504], "connect_retries": 2}


class RangedImage:
    """The data of an image, as blocks.

    Args:
        service: Where the image is.
        image: Its record; what changes afterwards is noticed.
    """

    def __init__(self, service: Service, image: Image) -> None:
        self.size_bytes = image.size_bytes or 0
        self.requests = 0
        self.bytes_read = 0
        self._service = service
        self._image = image
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._foresight = Readahead(-(-self.size_bytes // BLOCK_BYTES))

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """The bytes from an offset on; fewer only at the end.

        Raises:
            NoRanges: The cloud does not give parts of an image.
            Altered: The image is not what it was when the reading began.
            CloudError: They could not be had.
        """
        end = min(offset_bytes + length_bytes, self.size_bytes)
        if offset_bytes >= end:
            return b""
        first = offset_bytes // BLOCK_BYTES
        content = b"".join(self._blocks(range(first, (end - 1) // BLOCK_BYTES + 1)))
        return content[offset_bytes - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def has_changed(self) -> bool:
        """Whether the image is another one than when its reading began. Asks the cloud."""
        now = image_of(self._service.ask("get", path_of(str(self._image.id)), **_PATIENCE))
        return _identity(now) != _identity(self._image)

    def _blocks(self, wanted: range) -> Iterator[bytes]:
        """These blocks, of the cache where it has them; what lacks side by side is asked for at once."""
        for number in wanted:
            if number not in self._cache:
                self._fetch(self._foresight.around(self._lacking(number, wanted.stop), self._cache))
            self._cache.move_to_end(number)
            yield self._cache[number]

    def _lacking(self, first: int, stop: int) -> range:
        """The blocks from the first on that are not in the cache."""
        stop = min(stop, first + MOST_BLOCKS)
        return range(first, next((number for number in range(first, stop) if number in self._cache), stop))

    def _fetch(self, numbers: range) -> None:
        content = self._range(numbers.start * BLOCK_BYTES, min(numbers.stop * BLOCK_BYTES, self.size_bytes))
        for at, number in enumerate(numbers):
            self._cache[number] = content[at * BLOCK_BYTES : (at + 1) * BLOCK_BYTES]
        while len(self._cache) > CACHED_BLOCKS:
            self._cache.popitem(last=False)

    def _range(self, start: int, stop: int) -> bytes:
        """The bytes from start to before stop, by one request."""
        self.requests += 1
        response = self._ask(f"bytes={start}-{stop - 1}")
        try:
            self._check(response, start, stop)
            content = _body(response, stop - start)
        except BaseException:
            response.close()  # what was not read to its end cannot be used for the next request
            raise
        self.bytes_read += len(content)
        return content

    def _ask(self, byte_range: str) -> requests.Response:
        """The answer, whose body has not been read.

        By the session, not by glanceclient, which writes ``Range: bytes%3D0-9``.
        """
        client: Any = self._service.client.http_client
        headers = {"Range": byte_range, "Accept": "application/octet-stream", "Accept-Encoding": "identity"}
        path = f"{path_of(str(self._image.id))}/file"
        with translated():
            response: requests.Response = client.session.get(
                path,
                endpoint_override=client.endpoint_override,
                headers=headers,
                raise_exc=False,
                stream=True,
                **_PATIENCE,
            )
            if response.status_code in (400, 416):
                raise errors.NoRanges(SERVICE, response.text)
            if response.status_code >= 400:
                raise exc.from_response(response, response.content)
        return response

    def _check(self, response: requests.Response, start: int, stop: int) -> None:
        """Whether the answer is the part that was asked for. Source: RFC 9110, sections 14.4 and 15.3.7."""
        if response.status_code != 206:
            raise errors.NoRanges(SERVICE, f"it answered {response.status_code} to who asked for a part of it")
        said = response.headers.get("Content-Range", "")
        found = re.fullmatch(r"bytes (\d{1,20})-(\d{1,20})/(\d{1,20}|\*)", said.strip())
        if not found or (int(found[1]), int(found[2])) != (start, stop - 1):
            raise errors.Rejected(SERVICE, f"another part than bytes {start}-{stop - 1} of the image: {said!r}")
        if found[3] not in ("*", str(self.size_bytes)):
            raise errors.Altered(SERVICE, f"it had {self.size_bytes} bytes, now {found[3]}")


def _body(response: requests.Response, length_bytes: int) -> bytes:
    """The whole body; never more than was asked for, whatever is sent."""
    content = bytearray()
    try:
        for piece in response.iter_content(BLOCK_BYTES):
            content += piece
            if len(content) > length_bytes:
                break
    except requests.RequestException as silence:
        raise errors.Unreachable(SERVICE, errors.cause_of(silence)) from silence
    if len(content) != length_bytes:
        raise errors.Rejected(SERVICE, f"not the {length_bytes} bytes of the image that it announced")
    return bytes(content)


def _identity(image: Image) -> tuple[object, ...]:
    """What changes when the data of an image does."""
    return image.hash_value, image.checksum, image.size_bytes, image.status, image.record.get("updated_at")
