"""The npm registry of recipes: what it publishes, and its faults, asked by npm's own means."""

import json
from collections.abc import Iterator

import pytest

from app.reproduce.bubblewrap import Machine
from app.reproduce.recipe import Limits
from app.reproduce.sandbox import Sandbox
from tests.reproduce.conftest import needs_bwrap

pytestmark = needs_bwrap

START = """
. "$WAYOUT_HELPERS/helpers.sh"
npm_package '{"name":"pad","version":"1.9.0"}'
npm_package '{"name":"pad","version":"1.10.0"}'
npm_package '{"name":"@acme/ui","version":"1.0.0"}'
npm_registry --while ~/faulty --alter pad-1.9.0 --status pad=503 --login sesame --max-age 60
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[Sandbox]:
    with Sandbox(Machine(Limits(), {})) as sandbox:
        assert sandbox.run(START).status == 0
        yield sandbox


def asked(machine: Sandbox, path: str, *options: str) -> str:
    command = ["curl", "-s", *options, f"http://localhost:4873/{path}"]
    return machine.run(" ".join(command)).output.decode()


def status_of(machine: Sandbox, path: str, *options: str) -> str:
    return asked(machine, path, "-o", "/dev/null", "-w", "'%{http_code}'", *options)


def test_versions_are_ordered_by_number_and_have_hash_and_address(machine: Sandbox) -> None:
    found = json.loads(asked(machine, "pad"))
    assert found["dist-tags"] == {"latest": "1.10.0"}
    assert set(found["versions"]) == {"1.9.0", "1.10.0"} == set(found["time"])
    dist = found["versions"]["1.9.0"]["dist"]
    assert dist["tarball"] == "http://localhost:4873/-/pad-1.9.0.tgz"
    hashed = machine.run("openssl dgst -sha512 -binary ~/registry/pad-1.9.0.tgz | base64 -w0")
    assert dist["integrity"] == "sha512-" + hashed.output.decode()


def test_the_same_package_has_the_same_bytes(machine: Sandbox) -> None:
    again = """
    . "$WAYOUT_HELPERS/helpers.sh"
    cp ~/registry/pad-1.9.0.tgz /tmp/first.tgz
    sleep 1
    npm_package '{"name":"pad","version":"1.9.0"}'
    cmp ~/registry/pad-1.9.0.tgz /tmp/first.tgz
    """
    assert machine.run(again).status == 0


def test_packages_with_a_scope_are_hidden_without_the_token(machine: Sandbox) -> None:
    assert status_of(machine, "@acme%2fui") == "404"
    assert status_of(machine, "@acme%2fui", "-H", "'Authorization: Bearer sesame'") == "200"


def test_an_unknown_package_is_not_found_and_answers_may_be_kept(machine: Sandbox) -> None:
    assert status_of(machine, "nothing") == "404"
    assert "max-age=60" in asked(machine, "pad", "-i")


def test_faults_last_as_long_as_the_file(machine: Sandbox) -> None:
    assert status_of(machine, "pad") == "200"
    machine.run("touch ~/faulty")
    assert status_of(machine, "pad") == "503"
    machine.run("rm ~/faulty")
    assert status_of(machine, "pad") == "200"
