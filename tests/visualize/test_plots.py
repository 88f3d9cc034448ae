"""Plots are plain SVG: no style, no script, no date, the same bytes every time."""

import sys
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from visualize import plots

pytest.importorskip("matplotlib")

TITLE = 'A <b>"title"</b> & more'


def _contour() -> str:
    return plots.contour(
        lambda x, y: x * x + y * y,
        (-1, 1),
        (-1, 1),
        title=TITLE,
        paths={"down": [(1.0, 1.0), (0.5, 0.5), (0.0, 0.0)]},
        marks={"minimum": (0.0, 0.0)},
    )


def _curve() -> str:
    return plots.curve(
        lambda x: x * x,
        (-1, 1),
        title=TITLE,
        tangents={"at 0.5": (0.5, 1.0)},
        marks={"minimum": 0.0},
    )


def _losses() -> str:
    return plots.losses({"a": [1.0, 0.1, 0.01], "b": [1.0, 0.5]}, title=TITLE)


def _saddle() -> str:
    eigen = [(-4.0, (0.0, 1.0)), (4.0, (1.0, 0.0))]
    return plots.saddle(lambda x, y: 2 * x * x - 2 * y * y, (0, 0), eigen, title=TITLE)


def _lines() -> str:
    return plots.lines(
        {"a": [(0, 1), (1, 2)], "b": [(0, 2), (2, 1)]}, title=TITLE, log=True
    )


def _fit() -> str:
    return plots.fit(
        [(0, 1), (1, 3)],
        {"line": lambda x: 1 + 2 * x},
        (-1, 2),
        title=TITLE,
        band=lambda x: (2 * x, 2 + 2 * x),
        y=(-2, 6),
    )


def _boundary() -> str:
    return plots.boundary(
        lambda x, y: float((x > 0) + (y > 0)),
        (-1, 1),
        (-1, 1),
        title=TITLE,
        classes={"none": [(-0.5, -0.5)], "one": [(0.5, -0.5)], "both": []},
        levels=(0.5, 1.5),
    )


def _matrix() -> str:
    return plots.matrix(
        [[9, 1], [-0.0, 7]], title=TITLE, row_names="ab", column_names="ab"
    )


ALL = [_contour, _curve, _losses, _saddle, _lines, _fit, _boundary, _matrix]


@pytest.mark.parametrize("draw", ALL)
def test_a_plot_is_fit_for_a_strict_page(draw: Callable[[], str]) -> None:
    svg = draw()
    assert svg == draw(), "the same bytes"
    root = ET.fromstring(svg)  # noqa: S314  our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.attrib["aria-label"] == TITLE
    assert root.attrib["role"] == "img"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"style", "script", "metadata", "image", "a"}
    names = {name for element in root.iter() for name in element.attrib}
    assert "style" not in names
    assert "currentColor" in svg
    assert "<text" in svg, "letters stay letters"
    assert len(svg) < 150_000


def test_ids_differ_between_plots_of_one_page() -> None:
    def ids(svg: str) -> set[str]:
        root = ET.fromstring(svg)  # noqa: S314  our own
        return {e.attrib["id"] for e in root.iter() if "id" in e.attrib}

    one = plots.losses({"a": [1.0, 0.1]}, title="one")
    assert ids(one)
    for title in ("one", "other"):
        other = plots.losses({"a": [1.0, 0.2]}, title=title)
        assert not ids(one) & ids(other)


def test_paths_and_signs_are_in_the_picture() -> None:
    assert "down" in _contour()
    assert "λ₁ = −4" in _saddle()
    assert "stroke-dasharray" in _saddle(), "a negative eigenvalue is dashed"


def test_a_matrix_shows_its_numbers() -> None:
    words = ET.fromstring(_matrix()).itertext()  # noqa: S314  our own
    assert {"9", "1", "7", "a", "b"} <= {word.strip() for word in words}


def test_samples_are_named() -> None:
    assert "none" in _boundary()
    assert "one" in _boundary()
    assert "both" not in _boundary(), "there are none"


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[plot\]'"):
        _losses()
