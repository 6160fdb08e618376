"""What was reproduced, on the page, in the JSON answer and in the terminal."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from starlette.testclient import TestClient

from app.answers.entries import entry_answer
from app.catalogue.build import build
from app.catalogue.queries import Catalogue
from app.config import Settings
from app.reproduce.evidence import write_evidence
from app.terminal import print_entry
from app.web.app import create_app
from tests.reproduced import MESSAGE, OUTPUTS, RECIPE, WORKED, make_evidence
from tests.samples import CHINESE, make_entry

PATH = "/pip/hash-mismatch"
SECTION = re.compile(r'<section class="tried".*?</section>', re.DOTALL)
CELL = re.compile(r'<td[^>]* title="([^"]*)">')


@pytest.fixture
def reproduced(write: Callable[..., Path], settings: Settings) -> Callable[..., TestClient]:
    """A client on a site whose sample entry has been reproduced."""

    def serve(**changes: object) -> TestClient:
        entry = make_entry()
        write(entry)
        write("pip/hash-mismatch.zh.md", CHINESE)
        write("pip/hash-mismatch.repro.yaml", RECIPE)
        write("pip/hash-mismatch.evidence.json", write_evidence(make_evidence(entry, **changes)))
        build(settings.content, settings.catalogue_path)
        return TestClient(create_app(settings), headers={"Accept": "text/html"})

    return serve


def row_of(html: str, remedy: str) -> list[str]:
    """What the cells of a remedy's row say to those who cannot see their marks."""
    (row,) = re.findall(rf'<tr id="tried-{remedy}">.*?</tr>', html, re.DOTALL)
    words = CELL.findall(row)
    assert words == re.findall(r'<span class="visually-hidden">([^<]*)</span></td>', row)
    return words


def test_the_page_shows_every_remedy_in_every_scenario(reproduced: Callable[..., TestClient]):
    html = reproduced().get(PATH).text
    (section,) = SECTION.findall(html)
    assert row_of(section, "regenerate") == ["worked", "not meant for this case"]
    assert row_of(section, "drop-hashes") == [
        "worked",
        "depends on the version · pip 26.3: worked · pip 23.3.2: failed: another error",
    ]
    assert row_of(section, "reinstall-pip") == [
        "failed: another error",
        "not tried · the mirror has no pip",
    ]
    assert "nobody should</span></td>" in section
    for words in ("The mirror sends another file", "pip 23.3.2, 26.3", "python3 3.11.2"):
        assert words in section
    assert "in a sandbox without network" in section
    assert "wayout reproduce pip/hash-mismatch" in re.sub(r"<[^>]+>", "", section)


def test_remedies_stand_in_the_order_of_the_page_and_are_linked(
    reproduced: Callable[..., TestClient],
):
    html = reproduced().get(PATH).text
    (section,) = SECTION.findall(html)
    found = re.findall(r'href="#((?:workaround|dead-end)-[^"]*)"', section)
    assert found == [
        "workaround-regenerate",
        "workaround-drop-hashes",
        "dead-end-reinstall-pip",
        "dead-end-switch-off",
    ]
    assert '<a href="#tried-regenerate">1 reproduced</a>' in html
    assert '<li><a href="#tried">What was tried</a></li>' in html


def test_a_failure_says_how_it_failed(reproduced: Callable[..., TestClient]):
    evidence = make_evidence(make_entry())
    trials = list(evidence.trials)
    runs = [one.model_copy(update={"then": "pip/hash-mismatch"}) for one in trials[3].runs]
    trials[3] = trials[3].model_copy(update={"runs": tuple(runs)})
    client = reproduced(trials=tuple(trials))
    assert row_of(client.get(PATH).text, "reinstall-pip")[0] == "failed: the same message again"


def test_other_errors_and_reasons_are_told_below_the_table(
    reproduced: Callable[..., TestClient],
):
    evidence = make_evidence(make_entry())
    trials = list(evidence.trials)
    output = ("no such option: --nope", "npm error A complete log of this run can be found in: x")
    runs = [one.model_copy(update={"output": output}) for one in trials[3].runs]
    trials[3] = trials[3].model_copy(update={"runs": tuple(runs)})
    html = reproduced(trials=tuple(trials)).get(PATH).text
    notes = html[html.index('<details class="notes"') :]
    notes = re.sub(r"<[^>]+>", "", notes[: notes.index("</details>")]).splitlines()
    assert [line for line in notes if " (" in line] == [
        "failed: another error: Remove the hashes (2) · pip 23.3.2",
        "failed: another error: Reinstall pip (1) · no such option: --nope",
        "not tried: Reinstall pip (2) · the mirror has no pip",
    ]


def test_a_dead_end_that_does_harm_has_ended_the_message_at_a_price(
    reproduced: Callable[..., TestClient],
):
    client = reproduced(worked={**WORKED, ("switch-off", "other-file"): (True, True)})
    assert row_of(client.get(PATH).text, "switch-off") == [
        "not tried",
        "ended the message, at a price",
    ]
    html = client.get(PATH).text
    assert "Ends the message, at a price" in html
    assert "What it breaks" not in html


def test_harm_is_not_said_to_end_a_message_that_stayed(reproduced: Callable[..., TestClient]):
    client = reproduced(worked={**WORKED, ("switch-off", "other-file"): (False, False)})
    html = client.get(PATH).text
    assert "What it breaks" in html
    assert "Ends the message, at a price" not in html


def test_captured_outputs_have_lost_their_colors(reproduced: Callable[..., TestClient]):
    colored = (f"\x1b[31m{MESSAGE}\x1b[0m", "\x1b[0m\x1b[0m")
    client = reproduced(outputs={**OUTPUTS, "other-file": colored})
    html = client.get(PATH).text
    assert "\x1b" not in html
    assert "[0m" not in html
    assert "[0m" not in client.get(f"{PATH}.json").text


def test_captured_outputs_follow_the_examples_but_for_those_shown_already(
    reproduced: Callable[..., TestClient],
):
    html = reproduced(outputs={**OUTPUTS, "version-raised": (MESSAGE,)}).get(PATH).text
    assert 'id="example-wrong-digest"' in html
    assert 'id="output-version-raised"' not in html
    output = html[html.index('id="output-other-file"') :]
    assert output.index("pip 26.3") < output.index("Got        22")


def test_long_outputs_are_trimmed(reproduced: Callable[..., TestClient]):
    lines = (*(f"line {number}" for number in range(90)), "x" * 900, MESSAGE)
    html = reproduced(outputs={**OUTPUTS, "other-file": lines}).get(PATH).text
    output = html[html.index('id="output-other-file"') :]
    output = output[: output.index("</details>")]
    assert output.count("line ") == 4 + 14
    assert "x" * 240 + "…" in output
    assert "x" * 241 not in output
    assert MESSAGE in output


def test_a_chinese_page_says_it_in_chinese(reproduced: Callable[..., TestClient]):
    client = reproduced()
    (section,) = SECTION.findall(client.get("/zh" + PATH).text)
    assert ">版本号改高了，哈希值没有跟着改</a>" in section
    assert 'lang="en">The mirror sends another file</a>' in section
    assert row_of(section, "reinstall-pip")[1] == "未尝试 · 镜像源没有 pip"
    assert "谁也不该这么做" in section


def test_an_entry_without_reproduction_has_no_such_section(client: TestClient):
    assert 'id="tried"' not in client.get(PATH).text
    assert client.get(f"/api/v1/entries{PATH}").json()["reproduction"] is None


def test_the_answer_holds_scenarios_and_trials(reproduced: Callable[..., TestClient]):
    client = reproduced()
    found = client.get(f"/api/v1/entries{PATH}").json()["reproduction"]
    assert (found["date"], found["sandbox"]) == ("2026-11-21", "bubblewrap")
    assert found["tools"] == {"python3": "Python 3.11.2"}
    assert [(one["number"], one["id"]) for one in found["scenarios"]] == [
        (1, "version-raised"),
        (2, "other-file"),
    ]
    assert found["scenarios"][0]["shown"][0]["output"] == "\n".join(OUTPUTS["version-raised"])
    outcomes = {(one["remedy"], one["scenario"]): one["outcome"] for one in found["trials"]}
    assert outcomes["drop-hashes", "other-file"] == "depends-on-version"
    assert found["skipped"][0]["why"] == "the mirror has no pip"
    chinese = client.get(f"/api/v1/entries{PATH}?lang=zh").json()["reproduction"]
    assert chinese["scenarios"][0]["title"] == "版本号改高了，哈希值没有跟着改"
    assert chinese["scenarios"][1]["language"] == "en"


@pytest.mark.parametrize("name", ["recipe", "evidence"])
def test_the_schemas_accept_what_is_written(client: TestClient, name: str):
    schema = client.get(f"/api/v1/schema/{name}.json").json()
    assert schema["$id"] == f"http://testserver/api/v1/schema/{name}.json"
    evidence = json.loads(write_evidence(make_evidence(make_entry())))
    document = yaml.safe_load(RECIPE) if name == "recipe" else evidence
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "more": 1}, schema)


def test_a_match_links_to_what_was_reproduced(reproduced: Callable[..., TestClient]):
    html = reproduced().post("/match", data={"text": MESSAGE}).text
    assert f'<a href="{PATH}#tried-regenerate">1 reproduced</a>' in html


def test_the_terminal_shows_a_line_of_marks(
    reproduced: Callable[..., TestClient], settings: Settings, capsys: pytest.CaptureFixture[str]
):
    reproduced()
    catalogue = Catalogue(settings.catalogue_path)
    print_entry(entry_answer(catalogue, "pip/hash-mismatch", "en", ""))
    printed = capsys.readouterr().out
    for line in (
        "  1  The version was raised and the hash was not",
        "✓ ·  Regenerate the hashes",
        "✓ ~  Remove the hashes",
        "✗ ○  Reinstall pip",
        "Install without checking: not tried, nobody should",
    ):
        assert line in printed
