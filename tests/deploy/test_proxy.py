"""The proxy as it runs with deploy/Caddyfile before a stand-in for Pulang's pages; plain HTTP, since TLS is Caddy's."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.support.house import eventually, free_ports
from tests.support.tools import tool

FILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"


class Echo(BaseHTTPRequestHandler):
    """Says which headers reached it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Strict-Transport-Security", "max-age=1; ours")
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


class Pages(ThreadingHTTPServer):
    """Where Echo answers."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: the proxy hangs up on it in the middle of a body that is too large."""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of the running proxy."""
    [port] = free_ports(1)
    folder = tmp_path_factory.mktemp("caddy")
    with Pages(("127.0.0.1", 0), Echo) as pages, (folder / "caddy.log").open("wb") as log:
        threading.Thread(target=pages.serve_forever, args=(0.05,), daemon=True).start()
        environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "SITE_HOST": f"http://127.0.0.1:{port}",
            "PULANG_HTTP_PORT": str(pages.server_port),
        }
        process = subprocess.Popen(
            [tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(FILE)],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
                eventually(lambda: answers(client), 20, "the proxy")
                yield client
        finally:
            process.terminate()
            process.wait(15)
            pages.shutdown()


def answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/").status_code == 200
    except httpx2.TransportError:
        return False


def test_a_readers_address_is_what_the_proxy_sees_and_not_what_the_reader_claims(proxy: httpx2.Client) -> None:
    seen = proxy.get("/masuk", headers={"X-Forwarded-For": "203.0.113.9"}).json()
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["host"] == proxy.base_url.netloc.decode()


def test_what_pulang_says_of_tls_stands_once(proxy: httpx2.Client) -> None:
    assert proxy.get("/").headers.get_list("strict-transport-security") == ["max-age=1; ours"]


def test_an_answer_of_the_proxy_itself_says_it_too(proxy: httpx2.Client) -> None:
    answer = proxy.get("/metrics")
    assert (answer.status_code, answer.headers["strict-transport-security"]) == (404, "max-age=31536000")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_what_is_for_the_machine_itself_is_not_shown_to_the_street(proxy: httpx2.Client, path: str) -> None:
    assert proxy.get(path).status_code == 404


def test_a_body_above_the_cap_does_not_reach_pulang(proxy: httpx2.Client) -> None:
    assert proxy.post("/api/v1/cases", content=b"a" * 1_900_000).status_code == 200
    assert proxy.post("/api/v1/cases", content=b"a" * 2_100_000).status_code == 413
