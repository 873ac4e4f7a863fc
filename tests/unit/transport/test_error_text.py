"""Error pages as one line of text."""

from __future__ import annotations

import requests

from tests import base
from vscclient.transport.error_text import as_plain_text


class TestErrorText(base.BaseTestCase):
    def text(self, content: bytes, content_type: str | None, status: int = 403, reason: str = "Forbidden") -> str:
        response = requests.Response()
        response.status_code, response.reason, response._content = status, reason, content
        if content_type:
            response.headers["Content-Type"] = content_type
        return as_plain_text(response).text

    def test_html_of_glance_is_reduced_to_its_message(self) -> None:
        page = (
            b"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  "
            b"Not &#x27;x&#x27;.<br />"
        )

        self.assertEqual("403 Forbidden: Not 'x'.", self.text(page, "text/html"))

    def test_json_of_a_gateway_is_reduced_to_its_message(self) -> None:
        for body in (b'{"message": "slow down", "code": 429}', b'{"error": {"message": "slow down"}}'):
            with self.subTest(body=body):
                self.assertEqual("429 Too Many: slow down", self.text(body, "application/json", 429, "Too Many"))

    def test_an_empty_answer_has_its_status(self) -> None:
        self.assertEqual("504 Gateway Timeout", self.text(b"", None, 504, "Gateway Timeout"))

    def test_invalid_json_is_kept(self) -> None:
        self.assertEqual("403 Forbidden: {nonsense", self.text(b"{nonsense", "application/json"))

    def test_a_proxys_page_gives_its_title_as_reason(self) -> None:
        page = (
            b"<!doctype html><html><head><title>Planned  maintenance</title><style>p {color: red}</style></head>"
            b"<body><h1>Back soon</h1><p>Call 123</p><script>alert(1)</script></body></html>"
        )

        self.assertEqual("502 Bad Gateway: Planned maintenance", self.text(page, "text/html", 502, "Bad Gateway"))

    def test_a_proxys_page_that_repeats_the_status_adds_nothing(self) -> None:
        page = (
            b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
            b"</center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>"
        )

        self.assertEqual("502 Bad Gateway", self.text(page, "text/html", 502, "Bad Gateway"))

    def test_scripts_and_styles_are_not_a_message(self) -> None:
        page = b"<html><style>p {}</style><script>go()</script><p>Down</p></html>"

        self.assertEqual("503 Unavailable: Down", self.text(page, "text/html", 503, "Unavailable"))

    def test_a_page_is_not_shown_whole(self) -> None:
        self.assertLess(len(self.text(b"sorry " * 10000, "text/plain")), 1100)
