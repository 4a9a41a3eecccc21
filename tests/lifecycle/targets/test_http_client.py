"""The one client that makes connections: strict about time, size, form and secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiqu_desktop.core.errors import AiquError, UserError
from aiqu_desktop.core.paths import SitePaths
from aiqu_desktop.lifecycle.targets.address import address_of
from aiqu_desktop.lifecycle.targets.http_client import Answered, HttpClient, Unreachable
from tests.lifecycle.targets.plain_server import Asked, answer_json, plain_server


def client(url: str, paths: SitePaths | None = None, token: str = "") -> HttpClient:
    return HttpClient(address_of(url, token=token), paths or SitePaths(Path("/nowhere")), "The engine")


def test_an_answer_comes_back_as_json_and_the_question_arrives_whole() -> None:
    with plain_server(lambda asked: answer_json({"got": json.loads(asked.body)})) as server:
        assert client(f"{server.url}/base").post("/v2/x", {"a": [1, 2.5]}, 5) == {"got": {"a": [1, 2.5]}}
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/base/v2/x")
    assert asked.headers["Content-Type"] == "application/json" and "Authorization" not in asked.headers


@pytest.mark.parametrize("body", [{"error": "no such model"}, {"message": "no such model"}, "no such model"])
def test_a_refusal_is_told_in_the_servers_own_words(body: object) -> None:
    with plain_server(lambda _: answer_json(body, 400)) as server, pytest.raises(Answered) as caught:
        client(server.url).get("/x", 5)
    assert caught.value.status == 400 and "no such model" in caught.value.reason and "\n" not in str(caught.value)


@pytest.mark.parametrize(("raw", "said"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot JSON!", "no JSON"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}", "cannot be reached"),
    (b"SSH-2.0-OpenSSH\r\n", "cannot be reached"),
    (b"", "cannot be reached"),
    (b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n", "not followed"),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * (5 << 20), "more than 4 MB"),
    (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n{}", "cannot be reached"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"[" * 100_000, "no JSON"),
])  # fmt: skip
def test_what_is_no_answer_is_called_so_in_one_sentence(raw: bytes, said: str) -> None:
    with plain_server(lambda _: raw) as server, pytest.raises(Unreachable, match=said):
        client(server.url).get("/x", 5)


@given(st.binary(max_size=400))
def test_no_garbage_gives_anything_but_a_sentence(raw: bytes) -> None:
    with plain_server(lambda _: raw) as server:
        try:
            client(server.url).get("/x", 5)
        except AiquError as error:
            assert "\n" not in str(error)


def test_silence_and_a_dripping_server_end_at_the_deadline() -> None:
    def drip(asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        while not asked.release.wait(0.02):
            yield b"["

    for answer in (lambda _: None, drip):
        with plain_server(answer) as server, pytest.raises(Unreachable, match=r"within 0\.3 s"):
            client(server.url).get("/x", 0.3)


def test_nobody_listening_is_said() -> None:
    with plain_server(lambda _: b"") as server:
        pass
    with pytest.raises(Unreachable, match=r"cannot be reached at 127\.0\.0\.1"):
        client(server.url).get("/x", 5)


def test_a_token_is_read_from_the_keys_folder_at_each_request_and_is_nowhere_else(tmp_path: Path) -> None:
    paths = SitePaths(tmp_path)
    paths.create()
    (paths.keys / "engine.token").write_text("s3cret\n")
    with plain_server(lambda _: answer_json({})) as server:
        client(server.url, paths, "engine.token").get("/x", 5)
        assert server.asked[0].headers["Authorization"] == "Bearer s3cret"
        (paths.keys / "engine.token").write_text("two words")
        with pytest.raises(UserError, match="one token"):
            client(server.url, paths, "engine.token").get("/x", 5)
        (paths.keys / "engine.token").unlink()
        with pytest.raises(UserError, match="cannot be read"):
            client(server.url, paths, "engine.token").get("/x", 5)
    assert len(server.asked) == 1


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with plain_server(lambda _: answer_json([1])) as server:
        assert client(server.url).get("/x", 5) == [1]


@pytest.mark.parametrize(("url", "token", "said"), [
    ("ftp://x", "", "no http or https"), ("engine:8000", "", "no http or https"), ("http://", "", "no http or https"),
    ("http://me:secret@x", "", "keys folder"), ("http://x?key=1", "", "keys folder"), ("http://x:99999", "", "no URL"),
    ("http://plant.example", "t", "in the clear"), ("https://x", "../t", "plain file name"),
    ("https://x", ".t", "plain file name"), ("http://x/a b", "", "blank"),
])  # fmt: skip
def test_an_address_that_cannot_be_used_or_would_leak_is_refused(url: str, token: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        address_of(url, token=token)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    try:
        assert address_of(text).host
    except UserError as error:
        assert str(error).endswith(".")
