import pytest

from app.entry import Signature
from app.matching.advice import problems
from app.matching.clean import clean
from app.matching.signatures import Haystack, SignatureError, compile_regex, compile_text


def captures(template: str, text: str) -> list[dict[str, str]]:
    haystack = Haystack(clean(text).text)
    return [found.captures for found in compile_text(template).search(haystack)]


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("No module named '<m>'", "No module named 'torch'", {"m": "torch"}),
        ("command not found: <c>", "zsh: command not found: npm   ", {"c": "npm"}),
        ("<file>:<line>: undefined", "  main.c:12: undefined x", {"file": "main.c", "line": "12"}),
        ("a <x> and <x> b", "a 1 and 1 b", {"x": "1"}),
        ("a b c", "a\n   b\t\tc", {}),
        ("please update the hashes", "p\nlease update\nthe ha\nshes", {}),
        ("use of `x'", "use of ‘x’", {}),
        (r"in \<module>", "in <module>", {}),
        ("got < 3 items", "got < 3 items", {}),
        ("first\n<...>\nlast", "first x\n1\n2\n3\n  last", {}),
        ("无法打开 <file>：没有", "无法打开 a.txt：没有", {"file": "a.txt"}),
        ("curl: (6) Could not", "0     0curl: (6) Could not", {}),
    ],
)
def test_a_template_finds_what_the_tool_printed(template, text, expected):
    assert captures(template, text) == [expected]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("No module named '<m>'", "no module named 'torch'"),
        ("exit code 1", "exit code 137"),
        ("TypeError: x", "MyTypeError: x"),
        ("a <x> and <x> b", "a 1 and 2 b"),
        ("open '<path>' failed", "open 'a\nb' failed"),
        ("first\n<...>\nlast", "first" + "\n1" * 22 + "\nlast"),
    ],
)
def test_a_template_does_not_find_what_is_different(template, text):
    assert captures(template, text) == []


def test_a_value_broken_by_the_terminal_is_captured_whole():
    digest = "0123456789abcdef" * 4
    text = f"    Expected sha256 {digest}\n"
    line = "x" * 60 + "#sha256=" + digest + " (from a)"
    wrapped = "\n".join(line[at : at + 80] for at in range(0, len(line), 80))
    found = captures("#sha256=<d> (from a)\nExpected sha256 <d>", f"{wrapped}\n{text}")
    assert found == [{"d": digest}]


def test_equally_long_messages_are_not_run_together():
    text = "\n".join(f"npm error Cannot find the package named {name}" for name in ("aaa", "bbb"))
    found = captures("Cannot find the package named <name>", text)
    assert found == [{"name": "aaa"}, {"name": "bbb"}]


def test_a_value_at_the_start_of_a_line_does_not_reach_into_the_line_before():
    text = "x" * 79 + "y\n" + "z" * 79 + "y\nhost: Permission denied by the server"
    assert captures("<who>: Permission denied by the server", text) == [{"who": "host"}]


def test_a_value_at_the_end_of_a_line_does_not_run_on():
    text = "        Expected sha256 " + "a" * 64 + "\n             Got        " + "b" * 64
    assert captures("Expected sha256 <d>", text) == [{"d": "a" * 64}]


@pytest.mark.parametrize(
    ("template", "advice"),
    [
        ("<x>: <y>", "write words"),
        ("error", "write more of the line"),
        ("404", "write the words"),
        ("failed: <why>", "write more of the line"),
        ("cannot find <a><b> anywhere at all", "write one placeholder"),
        ("could not find <package name> anywhere", "write <package-name>"),
        ('File "<stdin>", line 1 was malformed', r"write \<stdin>"),
        ("<...>\nsome long message here", "write the text that stands there"),
    ],
)
def test_a_poor_signature_is_refused_with_advice(template, advice):
    assert any(advice in problem for problem in problems(Signature(text=template)))


@pytest.mark.parametrize(
    "template", ["command not found", "No module named '<m>'", "error[E0382]: use of moved value"]
)
def test_a_good_signature_has_no_problems(template):
    assert problems(Signature(text=template)) == []


@pytest.mark.parametrize("regex", ["(?P<x>a", "foo|bar", r"\d+: .*", "(?i)some message here"])
def test_a_regex_that_cannot_be_anchored_or_compiled_is_refused(regex):
    assert problems(Signature(regex=regex))


def test_a_regex_captures_its_named_groups():
    template = compile_regex(r"error TS(?P<code>\d+): Cannot find name")
    haystack = Haystack("a.ts(1,2): error TS2304: Cannot find name 'x'.")
    assert [found.captures for found in template.search(haystack)] == [{"code": "2304"}]


def test_requires_and_unless_are_checked_too():
    signature = Signature(text="No module named '<m>'", unless=("<a><b>",))
    assert "under `unless`" in problems(signature)[0]


def test_a_template_without_literal_text_does_not_compile():
    with pytest.raises(SignatureError):
        compile_text("<x>")
