"""The scripts on real data, shapes and text: their figures, files, data, refusals.

The figures are compared with micrograd, scikit-learn and the notes' own numbers; that a
goal can be missed is shown by stopping early.
"""

import math
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest

from autograd_core import Value, cli, compile, no_grad
from demos.training import (
    bundled,
    documents,
    measurements,
    micrograd_moons,
    point_sets,
    sentiment,
    transformer,
)
from demos.training.report import Figures, InputError, Report
from demos.training.run import MARKER, train
from nn import Linear, binary_cross_entropy_from_logits, fit
from optim import Adam

pytest.importorskip("matplotlib")
datasets = pytest.importorskip("sklearn.datasets")

slow = pytest.mark.slow

# The last letter depends on the first, three letters before: counting pairs is not
# enough, and attention is.
RHYMES = "xaay\nzaaw\n" * 20

# Name -> what is given for a short run, and the pictures.
SHORT: dict[str, tuple[dict[str, Any], set[str]]] = {
    "measurements": (
        {},
        {"flow"}
        | {f"{t}-{p}" for t in measurements.TABLES for p in ("loss", "confusion")},
    ),
    "digits": ({"steps": 3}, {"flow", "loss", "confusion", "mistake"}),
    "shapes": ({}, {"flow", "loss", "xor", "moons", "circles", "spirals"}),
    "micrograd-moons": ({}, {"flow", "loss", "boundary"}),
    "sentiment": ({}, {"flow", "loss", "boundary"}),
    "transformer": ({"steps": 60, "data": RHYMES}, {"flow", "loss"}),
}
QUICK = ("sentiment", "transformer")
NAMES = [n if n in QUICK else pytest.param(n, marks=slow) for n in SHORT]


def rows(report: Report, title: str) -> list[list[Any]]:
    """The rows of a table that the script told."""
    (found,) = [
        thing
        for thing in report.said
        if isinstance(thing, Figures) and thing.title == title
    ]
    return found.rows


def quiet(name: str, out: Path, **given: Any) -> Report:
    return train(name, out, progress=False, **given)


# -- all of them -----------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_it_reaches_what_it_should_and_writes_its_files(
    name: str, tmp_path: Path
) -> None:
    given, pictures = SHORT[name]
    report = quiet(name, tmp_path, **given)
    assert report.goals
    assert [str(goal) for goal in report.goals if not goal.reached] == []
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {MARKER, "index.html"} | {f"{p}.svg" for p in pictures}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("sentiment", {"steps": 2}),
        ("micrograd-moons", {"steps": 2}),
        pytest.param("transformer", {"steps": 2, "data": RHYMES}, marks=slow),
        pytest.param("shapes", {"steps": 1}, marks=slow),
    ],
)
def test_same_bytes_twice_and_too_few_steps_miss_the_goal(
    name: str, given: dict[str, Any], tmp_path: Path
) -> None:
    reports = [quiet(name, tmp_path / run, **given) for run in ("one", "two")]
    assert not reports[0].reached
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / run).iterdir()}
        for run in ("one", "two")
    )
    assert one == two


# -- points of the plane ---------------------------------------------------------------


@pytest.mark.parametrize(("count", "noise"), [(100, 0.1), (7, 0.3)])
def test_the_moons_are_those_of_micrograds_demo(count: int, noise: float) -> None:
    """scikit-learn after ``np.random.seed(1337)``: the same to the last bit."""
    np.random.seed(1337)  # noqa: NPY002  the demo's own line
    x, y = datasets.make_moons(n_samples=count, noise=noise)
    assert point_sets.moons(count, noise=noise) == (x.tolist(), y.tolist())


def test_the_circles_and_spirals_are_where_they_should_be() -> None:
    points, classes = point_sets.circles(60, inner=0.4, noise=0.0, seed=3)
    found = [math.hypot(*point) for point in points]
    assert found == pytest.approx([0.4 if k else 1.0 for k in classes], abs=1e-12)
    points, classes = point_sets.spirals(60, noise=0.0, seed=3)
    turned = {  # the second arm is the first one, turned by half a circle
        k: [p for p, c in zip(points, classes, strict=True) if c == k] for k in (0, 1)
    }
    for (a, b), (c, d) in zip(turned[0], turned[1], strict=True):
        assert (a, b) == pytest.approx((-c, -d), abs=1e-12)
    assert max(math.hypot(*point) for point in points) == pytest.approx(3.0)


@pytest.mark.parametrize("make", [point_sets.circles, point_sets.spirals])
def test_points_depend_on_the_seed_alone(make: Any) -> None:
    assert make(20, seed=1) == make(20, seed=1)
    assert make(20, seed=1) != make(20, seed=2)
    assert Counter(make(20, seed=1)[1]) == {0: 10, 1: 10}


# -- micrograd's demo ------------------------------------------------------------------


def test_the_first_steps_are_micrograds(tmp_path: Path) -> None:
    """Its engine, its modules, its loop; and the losses that its notebook prints."""
    points, classes = point_sets.moons(100)
    random.seed(micrograd_moons.SEED)
    model = micrograd.nn.MLP(2, [16, 16, 1])
    losses = []
    for k in range(2):
        inputs = [list(map(micrograd.engine.Value, x)) for x in points]
        scores = list(map(model, inputs))
        margins = [
            (1 + -(2 * y - 1) * s).relu() for y, s in zip(classes, scores, strict=True)
        ]
        loss = sum(margins) * (1.0 / len(margins))
        loss = loss + 1e-4 * sum(p * p for p in model.parameters())
        losses.append(loss.data)
        if k == 0:
            model.zero_grad()
            backward(loss)
            for p in model.parameters():
                p.data -= 1.0 * p.grad
    assert losses[0] == 0.8958441028683222
    report = quiet("micrograd-moons", tmp_path, steps=2)
    found = [row[1] for row in rows(report, "Before each step")]
    # micrograd adds up gradients in the order of a set, which differs from run to run.
    # A gradient is a sum over 100 points and 16 units, of products of a few factors:
    # fewer than 2**14 roundings.
    assert found == pytest.approx(losses, rel=2**-53 * 2**14)


def backward(root: Any) -> None:
    """micrograd's own, with room for its recursion."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        root.backward()
    finally:
        sys.setrecursionlimit(limit)


# -- the mood of a sentence ------------------------------------------------------------


def test_the_sentences_are_counted_as_they_are_written() -> None:
    words = sentiment.vocabulary(list(sentiment.SENTENCES))
    assert words == ["ya", "na"]
    found = [sentiment.counts(s, words) for s in sentiment.SENTENCES]
    assert found == [[3, 0], [0, 2], [2, 1], [1, 3]]  # N2, with its erratum


def test_loss_and_gradient_at_the_start_are_the_notes(tmp_path: Path) -> None:
    """The figures of N2, found by other means."""
    words = sentiment.vocabulary(list(sentiment.SENTENCES))
    neuron = Linear(2, 1)
    neuron.load_state_dict(sentiment.START)
    logits = [neuron(sentiment.counts(s, words))[0] for s in sentiment.SENTENCES]
    moods = list(sentiment.SENTENCES.values())
    loss = binary_cross_entropy_from_logits(logits, moods, reduction="sum")
    loss.backward()
    gradient = [p.grad for p in neuron.parameters()]
    assert loss.data == pytest.approx(1.4277607891451402, rel=1e-14)
    expected = [-0.81322560648768979, 1.3948433091544475, 0.18636207890812903]
    assert gradient == pytest.approx(expected, rel=1e-14)
    said = quiet("sentiment", tmp_path, steps=1).said
    sentence = "loss at first 1.4277607891; with the counts as printed 1.8789299847"
    assert sentence in said


# -- tables ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_the_tables_are_scikit_learns(name: str) -> None:
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    table = bundled.table(name)
    assert (table.rows, table.classes) == (x.tolist(), y.tolist())
    assert len(table.names) == len(set(table.classes))


def test_each_row_is_judged_once_and_the_mixture_is_kept() -> None:
    classes = bundled.table("wine").classes
    parts = bundled.folds(classes, seed=4)
    assert sorted(i for part in parts for i in part) == list(range(len(classes)))
    whole = Counter(classes)
    for part in parts:
        mixture = Counter(classes[i] for i in part)
        assert all(abs(mixture[k] - n / 5) < 1 for k, n in whole.items())
    assert parts == bundled.folds(classes, seed=4) != bundled.folds(classes, seed=5)


def test_standardised_is_scikit_learns_scaler() -> None:
    from sklearn.preprocessing import StandardScaler

    table = bundled.table("digits")
    learned, judged = table.rows[:200], table.rows[200:220]
    scaler = StandardScaler().fit(learned)
    for found, rows_ in zip(
        bundled.standardised(learned, judged), (learned, judged), strict=True
    ):
        # Sums of 200 numbers of at most 16, in another order.
        np.testing.assert_allclose(found, scaler.transform(rows_), atol=1e-12)


def test_some_rows_keep_their_classes() -> None:
    table = bundled.table("iris")
    some = table.some(20, seed=1)
    pairs = list(zip(table.rows, table.classes, strict=True))
    assert len(some.rows) == 20
    assert all(p in pairs for p in zip(some.rows, some.classes, strict=True))


@pytest.mark.parametrize("name", ["iris", "wine"])
def test_softmax_regression_reaches_its_figure(name: str) -> None:
    quiet_report: Any = Report(None, progress=False)  # type: ignore[arg-type]
    trials = measurements.five(name, "softmax regression", quiet_report)
    mean = sum(t.accuracy for t in trials) / 5
    assert mean >= measurements.TABLES[name][2]
    assert trials[0].losses[-1] < trials[0].losses[0]


def test_the_same_seed_gives_the_same_trial() -> None:
    table = bundled.table("iris")
    part = bundled.folds(table.classes)[0]

    def logits(seed: int) -> Any:
        trial = bundled.trial(table, part, [4], rate=0.05, epochs=1, seed=seed)
        return trial.logits

    assert logits(0) == logits(0) != logits(1)


def test_without_scikit_learn_there_is_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ImportError, match=r"pip install 'autograd-core\[sklearn\]'"):
        bundled.table("iris")
    assert cli.main(["train", "measurements"]) == 1
    assert "come with scikit-learn, which is not installed" in capsys.readouterr().err
    assert not (tmp_path / "out/measurements/index.html").exists()


# -- text ------------------------------------------------------------------------------


def test_the_names_are_made_up_whole_and_short() -> None:
    lines = documents.own_text().splitlines()
    assert len(lines) == len(set(lines)) == 400
    assert all(line.isascii() and line.isalpha() and line.islower() for line in lines)
    assert max(map(len, lines)) < transformer.CONTEXT


def test_a_line_is_the_same_after_it_was_encoded() -> None:
    data = documents.documents(documents.own_text(), longest=15)
    assert (len(data.learned), len(data.judged)) == (360, 40)
    assert not set(data.learned) & set(data.judged)
    tokens = data.encode(data.learned[0])
    assert tokens[0] == tokens[-1] == 0
    assert data.decode(tokens) == data.learned[0]


def test_long_lines_are_taken_in_pieces_and_empty_ones_left_out() -> None:
    text = "\n".join(["abcdefg", "", "  ", "hi"] * 10)
    data = documents.documents(text, longest=3)
    assert Counter(data.learned + data.judged) == dict.fromkeys(
        ("abc", "def", "g", "hi"), 10
    )


def test_at_most_a_hundred_lines_are_judged() -> None:
    data = documents.documents("\n".join(["ab", "ba"] * 1000), longest=3)
    assert len(data.judged) == documents.MOST_JUDGED


def test_the_baselines_are_those_of_counting() -> None:
    """18 times "ab" is learned, twice it is judged; tokens: end, a, b."""
    data = documents.documents("ab\n" * 20, longest=15)
    # One letter: a, b and end have each (18 + 1) of (54 + 3).
    assert documents.unigram(data) == pytest.approx(math.log(3), rel=1e-15)
    # After end, a or b there was always the same: (18 + 1) of (18 + 3).
    assert documents.bigram(data) == pytest.approx(math.log(21 / 19), rel=1e-15)


def test_a_model_without_opinion_has_the_loss_of_chance() -> None:
    data = documents.documents("ab\n" * 20, longest=15)
    found = documents.judged(lambda line: [[Value(0.0)] * 3 for _ in line], data)
    assert found == pytest.approx(math.log(3), rel=1e-15)


def test_the_model_sees_the_past_only() -> None:
    """Scores of the first letters do not depend on the last one."""
    model = transformer.Transformer(5, seed=0)
    with no_grad():
        one, two = model([0, 1, 2, 3]), model([0, 1, 2, 4])
    numbers = [[[z.data for z in row] for row in found] for found in (one, two)]
    assert numbers[0][:3] == numbers[1][:3]
    assert numbers[0][3] != numbers[1][3]


def test_the_model_has_about_4200_parameters_and_each_gets_a_gradient() -> None:
    data = documents.documents(documents.own_text(), longest=15)
    model = transformer.Transformer(data.tokens, seed=0)
    assert len(model.parameters()) == 4176
    documents.loss_of(model, data.encode("alderbeckalder")).backward()
    used = {0, *data.encode("alderbeckalder")}
    for name, p in model.named_parameters():
        if name.startswith("letter.weight["):
            token = int(name.split("[")[1].rstrip("]"))
            assert (p.grad != 0) == (token in used), name
    looked_up = [p.grad for p in model.attention.parameters()]
    assert all(looked_up)


def test_it_writes_lines_of_known_letters_and_bounded_length() -> None:
    data = documents.documents(documents.own_text(), longest=15)
    model = transformer.Transformer(data.tokens, seed=0)
    for seed in range(3):
        line = documents.written(model, data, 15, random.Random(seed))
        assert len(line) <= 15
        assert set(line) <= set(data.letters)


@slow
def test_a_few_steps_on_the_names_already_beat_counting_letters(tmp_path: Path) -> None:
    report = quiet("transformer", tmp_path, steps=60)
    ((letters, _, found),) = rows(report, "Loss per letter on unseen lines")
    assert found < letters - 0.05


BAD = [
    ("", "at least 20 lines that are not empty .got 0."),
    ("one\ntwo\n\n", "at least 20 lines that are not empty .got 2."),
    ("ab\n" * 30 + "a\tb\n", r"line 31 of the data has the character '\\t'"),
    ("ab\n" * 30 + "a\x00b\n", r"character '\\x00', which cannot be printed"),
    ("\n".join(map(chr, range(0x4E00, 0x4E00 + 201))), "at most 200 .* .got 201."),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_text_that_cannot_be_learned_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        documents.documents(text, longest=15)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of an earlier run."""
    home = tmp_path_factory.mktemp("page")
    quiet("transformer", home / "out/transformer", steps=1, data=RHYMES)
    return home


@pytest.mark.parametrize("content", [b"one\n", b"\xff\xfe\x00\n" * 40, None])
def test_a_bad_file_leaves_the_last_page_as_it_was(
    content: bytes | None,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(page)
    out = page / "out/transformer"
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    name = "missing.txt"
    if content is not None:
        name = "bad.txt"
        (page / name).write_bytes(content)
    assert cli.main(["train", "transformer", "--data", name]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("autograd-core: ")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


# -- compiled steps --------------------------------------------------------------------


def test_compiled_steps_learn_what_eager_ones_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The losses of iris, epoch by epoch, and what is said about unseen rows."""
    data = bundled.table("iris")
    part = bundled.folds(data.classes)[0]
    found, ways = [], []
    for steps in ("auto", "eager"):

        def watched(*args: Any, steps: str = steps, **options: Any) -> Any:
            history = fit(*args, **options, steps=steps)
            ways.append(history.computed.split()[0])
            return history

        monkeypatch.setattr(bundled, "fit", watched)
        found.append(bundled.trial(data, part, [8], rate=0.05, epochs=8, seed=0))
    compiled, eager = found
    assert ways == ["compiled", "eager"]
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-9)
    assert compiled.accuracy == eager.accuracy
    for z, wanted in zip(compiled.logits, eager.logits, strict=True):
        assert z == pytest.approx(wanted, rel=1e-7, abs=1e-9)


def test_the_transformer_learns_by_compiled_steps_as_by_eager_ones() -> None:
    """Lines of two lengths: two programs, whatever the letters are."""
    data = documents.documents("xaay\nzaaw\nxay\n" * 10, longest=5)
    lines = [data.encode(line) for line in data.learned[:6]]
    compiled, eager = (transformer.Transformer(data.tokens, 0) for _ in range(2))
    program = compile(
        lambda tokens: documents.loss_of(compiled, tokens),
        backend="numpy",
        index_argnums=0,
    )
    adam = Adam(compiled.named_parameters(), lr=0.01)
    found = program.train([([line],) for line in lines], optimizer=adam)
    adam, losses = Adam(eager.named_parameters(), lr=0.01), []
    for line in lines:
        adam.zero_grad()
        loss = documents.loss_of(eager, line)
        loss.backward()
        adam.step()
        losses.append(loss.data)
    assert found == pytest.approx(losses, rel=1e-11)
    numbers = [p.data for p in compiled.parameters()]
    wanted = [p.data for p in eager.parameters()]
    assert numbers == pytest.approx(wanted, rel=1e-7, abs=1e-9)
    lengths = {len(line) for line in lines}
    assert repr(program).endswith(f"{len(lengths)} traced>")
