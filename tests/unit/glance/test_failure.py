from __future__ import annotations

import requests
from glanceclient import exc
from keystoneauth1 import exceptions as ksa

from tests import base
from vscclient import errors
from vscclient.glance.answer import in_plain_words
from vscclient.glance.failure import translated


def _translate(failure: Exception) -> errors.CloudError:
    try:
        with translated():
            raise failure
    except errors.CloudError as error:
        return error


class TestTranslated(base.BaseTestCase):
    def test_every_answer_has_its_class(self) -> None:
        for status, expected in (
            (400, errors.Invalid),
            (401, errors.NotSignedIn),
            (403, errors.NotAllowed),
            (404, errors.NotThere),
            (405, errors.NotOffered),
            (409, errors.Conflict),
            (413, errors.OverQuota),
            (415, errors.OtherFormat),
            (429, errors.Rejected),
            (504, errors.Failing),
        ):
            with self.subTest(status=status, expected=expected):
                self.assertIs(expected, type(_translate(exc.HTTPException(f"{status} Reason: said"))))

    def test_every_silence_has_its_class(self) -> None:
        for failure, expected in (
            (exc.CommunicationError("x"), errors.Unreachable),
            (ksa.SSLError("x"), errors.Untrusted),
            (ksa.ConnectTimeout("x"), errors.Unreachable),
            (ksa.EndpointNotFound("x"), errors.Unreachable),
        ):
            with self.subTest(failure=failure, expected=expected):
                self.assertIs(expected, type(_translate(failure)))

    def test_a_200_of_something_else_is_no_answer_of_glance(self) -> None:
        for failure in (TypeError("'NoneType' object is not subscriptable"), KeyError("images"), AttributeError("get")):
            with self.subTest(failure=failure):
                self.assertIn("something that no Image service says", str(_translate(failure)))

    def test_the_reason_alone_is_told(self) -> None:
        answer = exc.HTTPForbidden("403 Forbidden: Access was denied to this resource.: You are not permitted.")

        self.assertEqual(
            "The Image service does not allow it: You are not permitted. "
            "If you should be able to do this, ask the cloud's operators",
            str(_translate(answer)),
        )

    def test_a_status_that_nobody_expects_is_told(self) -> None:
        self.assertEqual(
            "The Image service answered: 429 Too Many Requests",
            str(_translate(exc.HTTPException("429 Too Many Requests"))),
        )

    def test_addresses_and_class_names_are_taken_off(self) -> None:
        silence = exc.CommunicationError(
            "Error finding address for http://h/v2/images: Unable to establish connection to http://h/v2/images: "
            "HTTPConnectionPool(host='h', port=1): Max retries exceeded ([Errno 111] Connection refused)"
        )

        self.assertIn("does not answer: connection refused.", str(_translate(silence)))


class TestInPlainWords(base.BaseTestCase):
    def words(self, content: bytes, content_type: str | None, status: int = 403, reason: str = "Forbidden") -> str:
        response = requests.Response()
        response.status_code, response.reason, response._content = status, reason, content
        if content_type:
            response.headers["Content-Type"] = content_type
        return in_plain_words(response).text

    def test_glances_html(self) -> None:
        page = (
            b"<html>\n <head>\n  <title>403 Forbidden</title>\n </head>\n <body>\n  <h1>403 Forbidden</h1>\n  "
            b"Not &#x27;x&#x27;.<br />"
        )

        self.assertEqual("403 Forbidden: Not 'x'.", self.words(page, "text/html"))

    def test_json_of_a_gateway(self) -> None:
        for body in (b'{"message": "slow down", "code": 429}', b'{"error": {"message": "slow down"}}'):
            with self.subTest(body=body):
                self.assertEqual("429 Too Many: slow down", self.words(body, "application/json", 429, "Too Many"))

    def test_nothing_at_all(self) -> None:
        self.assertEqual("504 Gateway Timeout", self.words(b"", None, 504, "Gateway Timeout"))

    def test_json_that_is_none(self) -> None:
        self.assertEqual("403 Forbidden: {nonsense", self.words(b"{nonsense", "application/json"))

    def test_a_good_answer_stays_as_it_is(self) -> None:
        self.assertEqual("<b>", self.words(b"<b>", "text/html", 200, "OK"))
