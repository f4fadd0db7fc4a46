"""Batches as they go over the wire, and answers to them that are not as they should be."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from crm_sync.connector import Answer
from crm_sync.connectors.dynamics.multipart import Operation, decode, encode
from integrations.errors import (
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    QuestionRejected,
)

PART = (
    "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "HTTP/1.1 {status} Any\r\n{headers}\r\n{body}\r\n"
)


def part(status, body="", headers=""):
    return PART.format(status=status, body=body, headers=headers)


def answer(body, status=200, kind="multipart/mixed; boundary=b"):
    return Answer(status, CIMultiDict({"Content-Type": kind}), body)


def test_a_batch_on_the_wire():
    content_type, content = encode(
        [
            Operation("PATCH", "/api/data/v9.2/contacts(1)", {"a": "é"}, {"If-Match": "*"}),
            Operation("DELETE", "/api/data/v9.2/contacts(2)"),
        ]
    )

    boundary = content_type.removeprefix("multipart/mixed; boundary=")
    assert content.decode().split("\r\n") == [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "PATCH /api/data/v9.2/contacts(1) HTTP/1.1",
        "Accept: application/json",
        "If-Match: *",
        "Content-Type: application/json; type=entry",
        "",
        '{"a":"é"}',
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "",
        "DELETE /api/data/v9.2/contacts(2) HTTP/1.1",
        "Accept: application/json",
        "",
        "",
        f"--{boundary}--",
        "",
    ]
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_answers_come_in_order_with_their_bodies_and_headers():
    text = part(200, '{"a":1}', "ETag: W/1\r\n") + part(204, headers="OData-EntityId: x\r\n")

    one, other = decode(answer(text + "--b--\r\n"))

    assert (one.status, one.body, one.headers) == (200, {"a": 1}, {"etag": "W/1"})
    assert (other.status, other.body, other.headers) == (204, None, {"odata-entityid": "x"})


def test_lines_without_carriage_return_and_parts_in_parts():
    inner = part(204) + "--b--\r\n"
    nested = (
        "--o\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + inner
        + "\r\n--o\r\n"
        + part(404, '{"error":{}}').removeprefix("--b\r\n")
        + "--o--\r\n"
    )
    plain = nested.replace("\r\n", "\n")

    for text in (nested, plain):
        found = decode(answer(text, kind='multipart/mixed; boundary="o"'))
        assert [each.status for each in found] == [204, 404]


def test_a_batch_that_broke_off_brings_what_came():
    assert [each.status for each in decode(answer(part(204) + part(400, "{}")))] == [204, 400]


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (answer({"value": []}, kind="application/json"), ContractBroken),
        (answer("<html>", kind="text/html"), ContractBroken),
        (answer(None), ContractBroken),
        (answer("nothing"), QuestionRejected),
        (answer(part(200), kind="multipart/mixed"), ContractBroken),
        (answer("--b\r\nContent-Type: application/http\r\n\r\nwhat\r\n--b--"), ContractBroken),
        (answer({"error": {"message": "no"}}, 400, "application/json"), QuestionRejected),
        (answer({"error": {"code": "0x80040220"}}, 400, "application/json"), NotEntitled),
        (answer("", 401, ""), CredentialRejected),
    ],
)
def test_what_is_no_batch_is_an_error_of_the_whole(broken, error):
    with pytest.raises(error):
        decode(broken)
