"""The shell of a page: what its policy allows is what is in it."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from autograd_core.html_page import html_page


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("script", ["", "let x = '</p>';"])
@pytest.mark.parametrize("images", [False, True])
def test_the_policy_allows_what_is_there_and_no_more(script: str, images: bool) -> None:
    text = html_page("A", "<p>B</p>", style="p { }", script=script, images=images)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    expected = {"default-src": "'none'", "style-src": _hashed("p { }")}
    expected |= {"script-src": _hashed(script)} if script else {}
    expected |= {"img-src": "'self'"} if images else {}
    assert allowed == expected | {"base-uri": "'none'", "form-action": "'none'"}
    assert ("<script>" in text) == bool(script)


def test_what_wrote_a_page_is_said_if_it_is_given() -> None:
    said = '<meta name="generator" content="C">\n'
    with_it = html_page("A", "B", style="", generator="C")
    assert with_it.replace(said, "") == html_page("A", "B", style="")
    assert said in with_it
