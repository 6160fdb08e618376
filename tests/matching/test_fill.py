import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.matching.fill import fill

HOSTILE = st.sampled_from(
    [
        "$(touch pwned)", "`touch pwned`", "; touch pwned", "a' ; touch pwned ; '", 'a" ; touch pwned ; "',
        "&& touch pwned", "| touch pwned", "> pwned", "a\ntouch pwned", "\\", "'", '"', "$HOME", "!!", "*", "~root",
        "--index-url=http://evil", "-rf", "\x1b[31m", "\x00", "\u202e", "\u2028touch pwned", "EOF\ntouch pwned", "#",
        "${IFS}touch", "a b", "%PATH%", "&whoami", "@x", "a\\'", "\u2019; touch pwned", "=ls", "+x", "git+https://evil/x",
    ]
)  # fmt: skip
VALUES = st.lists(HOSTILE | st.text(max_size=8), min_size=1, max_size=4).map("".join)
COMMANDS = [
    "printf '%s\\n' <package>",
    "printf '%s\\n' <package>==<version>",
    "printf '%s\\n' '<package>'",
    'printf "%s\\n" "<package>"',
    'printf "%s\\n" "a<package>b" c<package>d',
    "printf '%s\\n' x # <package>",
    "cat <<EOF\n<package> <version>\nEOF",
    "cat <<'EOF'\n<package>\nEOF\nprintf x",
    "X=<package> printf '%s\\n' x",
    "printf '%s\\n' \"$(printf '%s' <package>)\"",
    "printf '%s\\n' `printf '%s' <package>`",
    "printf '%s\\n' --name=<package> | cat && printf '%s' <version>",
    "sh -c 'printf \"%s\\n\" <package>'",
    "bash -c \"printf %s '<package>'\"",
    "if true; then printf '%s\\n' <package>; fi",
    "printf '%s\\n' \\\n  <package>",
    "<package> --version",
    "true && <package>",
    "$ printf '%s\\n' <package>",
    "printf ${x:-<package>}",
    "python3 -c 'print(\"<package>\")'",
    "awk 'BEGIN { print \"<package>\" }'",
    "sed 's/x/<package>/' </dev/null",
]


def run(script: str, folder) -> str:
    done = subprocess.run(
        ["bash", "-c", script.removeprefix("$ ")], cwd=folder, check=False, timeout=20,
        capture_output=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
    )  # fmt: skip
    assert list(folder.iterdir()) == []
    return done.stdout.decode("utf-8", "replace")


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(COMMANDS), VALUES, VALUES)
@example(COMMANDS[0], "$(touch pwned)", "1")
def test_bash_reads_a_filled_in_value_as_literal_text(tmp_path_factory, command, package, version):
    filled = fill(command, "bash", {"package": package, "version": version})
    assert "\n" not in "".join(filled.filled.values())
    if filled.missing:
        return
    folder = tmp_path_factory.mktemp("shell")
    harmless = fill(command, "bash", {"package": "MARK1", "version": "MARK2"}).text
    expected = run(harmless, folder).replace("MARK1", package).replace("MARK2", version)
    assert run(filled.text, folder) == expected


@settings(max_examples=120, deadline=None)
@given(VALUES, VALUES)
def test_bash_itself_never_runs_what_a_log_says(tmp_path_factory, package, version):
    folder = tmp_path_factory.mktemp("shell")
    filled = [fill(each, "bash", {"package": package, "version": version}) for each in COMMANDS]
    run("\n".join(each.text.removeprefix("$ ") for each in filled if not each.missing), folder)


@pytest.mark.parametrize(
    ("command", "language", "value", "expected"),
    [
        ("pip install <p>", "bash", "cffi==1.14.2", "pip install cffi==1.14.2"),
        ("pip install <p>==1", "sh", "a b", "pip install 'a b'==1"),
        ("pip show '<p>'", "bash", "it's", "pip show 'it'\\''s'"),
        ("pip install <p>", "bash", "--index-url=http://evil", "pip install <p>"),
        ("pip install <p>", "bash", "–index-url", "pip install <p>"),
        ("pip install <p>", "bash", "git+https://evil/x", "pip install <p>"),
        ("git clone <url>", "bash", "https://example.org/x.git", "git clone https://example.org/x.git"),
        ("git clone <url>", "bash", "ext::sh -c id", "git clone <url>"),
        ("sudo <p> x", "bash", "rm", "sudo <p> x"),
        ("rm -r <p>", "bash", "/", "rm -r <p>"),
        ("rm -r <p>", "bash", "/home/a", "rm -r <p>"),
        ("rm -r <p>", "bash", "a/../..", "rm -r <p>"),
        ("rm <p>", "bash", "/var/lib/dpkg/lock", "rm /var/lib/dpkg/lock"),
        ("ssh host rm <p>", "bash", "a;b", "ssh host rm <p>"),
        ("pip install <p>", "powershell", "a b", "pip install 'a b'"),
        ("pip install <p>==1", "powershell", "a b", "pip install <p>==1"),
        ("pip install <p>==1", "powershell", "numpy", "pip install numpy==1"),
        ("Write-Host '<p>'", "powershell", "it's", "Write-Host 'it''s'"),
        ("Write-Host <p>", "powershell", "a\u2019; calc; \u2018", "Write-Host <p>"),
        ("Write-Host <p>", "powershell", "$(calc)", "Write-Host '$(calc)'"),
        ('Write-Host "<p>"', "powershell", "$(calc)", 'Write-Host "<p>"'),
        ("pip install <p>", "cmd", "numpy", "pip install numpy"),
        ("pip install <p>", "cmd", "a b", 'pip install "a b"'),
        ("pip install <p>", "cmd", "a&calc", "pip install <p>"),
        ("pip install <p>", "cmd", "%PATH%", "pip install <p>"),
        ("del <p>", "cmd", "/s", "del <p>"),
        ("import <p>", "python", "torch", "import <p>"),
        ("cat <<'EOF'\n<p>\nEOF", "bash", "EOF", "cat <<'EOF'\n<p>\nEOF"),
        ("cat <<'EOF'\n<p>\nEOF", "bash", "torch", "cat <<'EOF'\ntorch\nEOF"),
    ],
)  # fmt: skip
def test_values_are_quoted_for_the_shell_or_left_out(command, language, value, expected):
    name = "url" if "<url>" in command else "p"
    filled = fill(command, language, {name: value})
    assert filled.text == expected
    assert bool(filled.missing) == (f"<{name}>" in expected)
