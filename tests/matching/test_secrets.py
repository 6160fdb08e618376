import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.secrets import mask

SECRET = "Zx9Kq2Lm7Pv4Rt8Wb3Nc6Yd1Hf5Gj0Sa"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"Authorization: Basic {SECRET}==",
        f"authorization: {SECRET}",
        f"Cookie: session={SECRET}",
        f"PRIVATE-TOKEN: {SECRET}",
        f"https://user:{SECRET}@example.org/simple",
        f"https://{SECRET}@github.com/a/b.git",
        f"postgresql://app:{SECRET}@db:5432/app",
        f"ghp_{SECRET}abcd",
        f"github_pat_{SECRET}",
        f"glpat-{SECRET[:20]}",
        f"xoxb-{SECRET}",
        f"pypi-AgEIcHlwaS5vcmc{SECRET}",
        f"npm_{SECRET}abcd",
        f"//registry.npmjs.org/:_authToken={SECRET}",
        f"_auth = {SECRET}",
        f"aws_secret_access_key = {SECRET}",
        f"AWS_SECRET_ACCESS_KEY={SECRET}",
        f"password={SECRET}",
        f"DB_PASSWORD: {SECRET}",
        f'"password": "{SECRET}"',
        f"--password {SECRET}",
        f"--token={SECRET}",
        f"curl -u admin:{SECRET} https://example.org",
        f"https://example.org/?access_token={SECRET}&x=1",
        f"AccountKey={SECRET}{SECRET};EndpointSuffix=x",
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
        f"sk-ant-{SECRET}",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n{SECRET}\n-----END OPENSSH PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\ncut off here",
    ],
)
def test_a_secret_is_masked_and_lines_stay(text):
    masked = mask(text)
    assert SECRET not in masked
    assert "***" in masked
    assert masked.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "Expected sha256 321761d55fb7cb256b771ee4ed78e69486a7336be9143b90c52be59d7657f50f",
        "     Got        a14d0fdef1a2bbc476c328084e07af58696f9cce1c354a9e2956e4469ca5afa3",
        "x==1 --hash=sha256:321761d55fb7cb256b771ee4ed78e69486a7336be9143b90c52be59d7657f50f",
        "x.whl#sha256=321761d55fb7cb256b771ee4ed78e69486a7336be9143b90c52be59d7657f50f",
        'FATAL:  password authentication failed for user "bob"',
        "PASSWORD: must not be empty",
        "SyntaxError: Unexpected token: <",
        "invalid token: foo",
        "password: $DB_PASSWORD",
        "error: unexpected token `}'",
        "git@github.com: Permission denied (publickey).",
        "https://example.org/simple/cryptography/",
        "Access denied for user 'root'@'localhost' (using password: YES)",
    ],
)
def test_what_is_no_secret_stays_readable(text):
    assert mask(text) == text


@given(
    st.text(max_size=200)
    | st.sampled_from(["password=", "token: ", "https://a:b@c "]).map(lambda x: x * 5)
)
def test_masking_twice_changes_nothing(text):
    assert mask(mask(text)) == mask(text)
