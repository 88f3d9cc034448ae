"""The shell of every HTML file that is written here.

What one can do with this file: put a body into a whole page (`html_page`).

The one idea: a page is safe to open from anywhere. It asks the network for nothing, and
its content security policy allows the one style sheet and the one script whose hashes
it names.
"""

from base64 import b64encode
from hashlib import sha256

__all__ = ["html_page"]


def html_page(
    title: str,
    body: str,
    *,
    style: str,
    script: str = "",
    images: bool = False,
    generator: str = "",
) -> str:
    """A whole HTML file.

    Parameters
    ----------
    title, body
        HTML, already escaped.
    style, script
        The page's one style sheet, and its one script, if it has one.
    images
        Whether it may show images that lie beside it.
    generator
        What wrote it, escaped; not said if empty.
    """
    scripts = f"script-src {_hash(script)}; " if script else ""
    pictures = "img-src 'self'; " if images else ""
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; {scripts}{pictures}"
        "base-uri 'none'; form-action 'none'"
    )
    named = f'<meta name="generator" content="{generator}">\n' if generator else ""
    code = f"<script>{script}</script>\n" if script else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{named}<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"{body}\n{code}</body>\n</html>\n"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
