"""Fetching what recipes need, from a small program named npm and a folder of wheels."""

import zipfile
from pathlib import Path

import pytest

from app.entry import Entry
from app.matching import Matcher
from app.reproduce.prepare import CannotFetch, prepare, unprepared
from app.reproduce.recipe import Recipe, read_recipe
from app.reproduce.runner import reproduce
from tests.reproduce.conftest import RECIPE, needs_bwrap

FROM_NPM = (
    RECIPE.replace("tools: [bash]", "tools: [bash, {name: frob, npm: frob, versions: [1.0.0]}]")
    .replace("trigger: bash tool", "trigger: frob $WAYOUT_FROB")
    .replace("setup: |", "npm_packages: ['@frob/state@2.0.0']\nsetup: |")
)
NPM = """\
#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in --cache) cache=$2 ;; --prefix) folder=$2 ;; esac
    shift
done
case $1 in
    *none*) printf 'npm error code E404\\nnpm error 404 Not Found - GET %s\\n' "$1" >&2; exit 1 ;;
esac
mkdir -p "$folder/node_modules/.bin" "$cache/_logs"
echo "$1" > "$cache/index"
printf '#!/bin/sh\\nbash tool "$@"\\n' > "$folder/node_modules/.bin/frob"
chmod 700 "$folder/node_modules/.bin/frob"
"""


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(NPM)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def recipe_of(text: str) -> Recipe:
    return read_recipe(text, "frob/bad-state.repro.yaml").recipe


@pytest.mark.usefixtures("npm")
def test_packages_of_npm_are_fetched_once(tmp_path: Path):
    recipe, cache = recipe_of(FROM_NPM), tmp_path / "cache"
    wanted = ["frob@1.0.0", "@frob/state@2.0.0"]
    assert [str(need) for need in unprepared(recipe, cache)] == wanted
    assert [str(need) for need in prepare([recipe, recipe], cache)] == wanted
    assert list(unprepared(recipe, cache)) == []
    folder = cache / "npm" / "@frob" / "state@2.0.0"
    assert (folder / "cache" / "index").read_text() == "@frob/state@2.0.0\n"
    assert (folder / "node_modules/.bin/frob").stat().st_mode & 0o777 == 0o755
    assert {path.name for path in (cache / "npm").iterdir()} == {"frob@1.0.0", "@frob"}


@pytest.mark.usefixtures("npm")
def test_what_the_registry_lacks_is_named_with_its_reason(tmp_path: Path):
    recipe = recipe_of(FROM_NPM.replace("@frob/state", "none"))
    with pytest.raises(CannotFetch, match=r"none@2\.0\.0 cannot be fetched: 404 Not Found"):
        prepare([recipe], tmp_path / "cache")
    assert [str(need) for need in unprepared(recipe, tmp_path / "cache")] == ["none@2.0.0"]


def test_without_npm_its_packages_stay_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert prepare([recipe_of(FROM_NPM)], tmp_path) == []


@needs_bwrap
@pytest.mark.usefixtures("npm")
def test_programs_of_npm_are_on_the_path_in_their_version(
    entry: Entry, matcher: Matcher, tmp_path: Path
):
    located, cache = read_recipe(FROM_NPM, "x"), tmp_path / "cache"
    prepare([located.recipe], cache)
    report = reproduce(entry, located, matcher, cache)
    assert report.problems == ()
    assert report.evidence
    assert report.evidence.scenarios[0].shown[0].variant == "frob 1.0.0"
    assert [trial.runs[0].worked for trial in report.evidence.trials] == [True, False]


FROM_WHEEL = RECIPE.replace(
    "tools: [bash]", "tools: [{name: frob, wheel: frob-bin, versions: [1.0.0, 2.0.0]}]"
).replace("trigger: bash tool", "trigger: test $WAYOUT_FROB = $(frob --version) && frob")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for version, place in (
        ("1.0.0", "frob/bin/frob"),
        ("2.0.0", "frob_bin-2.0.0.data/scripts/frob"),
    ):
        program = f'#!/bin/sh\n[ "$1" = --version ] && exec echo {version}\nexec bash tool\n'
        about = f"frob_bin-{version}.dist-info"
        with zipfile.ZipFile(folder / f"frob_bin-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(
                f"{about}/METADATA", f"Metadata-Version: 2.1\nName: frob-bin\nVersion: {version}\n"
            )
            wheel.writestr(
                f"{about}/WHEEL",
                "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
            )
            wheel.writestr(f"{about}/RECORD", "")
            member = zipfile.ZipInfo(place)
            member.external_attr = 0o755 << 16
            wheel.writestr(member, program)
            wheel.writestr("frob/data", "plain")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))


@needs_bwrap
@pytest.mark.usefixtures("wheels")
def test_a_wheel_that_holds_a_program_is_unpacked_and_run(
    entry: Entry, matcher: Matcher, tmp_path: Path
):
    located, cache = read_recipe(FROM_WHEEL, "x"), tmp_path / "cache"
    prepare([located.recipe], cache)
    assert list(unprepared(located.recipe, cache)) == []
    folder = cache / "programs" / "frob-bin-1.0.0" / "frob"
    assert (folder / "bin/frob").stat().st_mode & 0o777 == 0o755
    assert (folder / "data").stat().st_mode & 0o111 == 0
    assert {path.name for path in folder.parent.parent.iterdir()} == {
        "frob-bin-1.0.0",
        "frob-bin-2.0.0",
    }
    report = reproduce(entry, located, matcher, cache)
    assert report.problems == ()
    assert report.evidence
    shown = report.evidence.scenarios[0].shown
    assert [one.variant for one in shown] == ["frob 1.0.0", "frob 2.0.0"]


@needs_bwrap
@pytest.mark.usefixtures("wheels")
def test_a_remedy_is_tried_only_with_versions_it_is_meant_for(
    entry: Entry, matcher: Matcher, tmp_path: Path
):
    mend = entry.workarounds[0].model_copy(update={"versions": ">=2"})
    text = FROM_WHEEL.replace(
        "apply: echo good > state", "scenarios: {bad-state: {apply: echo good > state}}"
    )
    located, cache = read_recipe(text, "x"), tmp_path / "cache"
    prepare([located.recipe], cache)
    report = reproduce(entry.model_copy(update={"workarounds": (mend,)}), located, matcher, cache)
    assert report.problems == ()
    assert report.evidence
    tried = {trial.remedy: [run.variant for run in trial.runs] for trial in report.evidence.trials}
    assert tried == {mend.id: ["frob 2.0.0"], "swear": ["frob 1.0.0", "frob 2.0.0"]}
