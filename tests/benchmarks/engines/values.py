"""autograd-core without compiling: Values, and micrograd's programs as they stand.

They are written number by number. With the option ``package`` they use `nn.MLP`, as
micrograd's demo does when its import is changed: all terms of a neuron are one node.
"""

from typing import Any

from . import Task, each, scalars


def network(data: dict[str, Any]) -> tuple[list[Any], Any]:
    """`nn.MLP` with the numbers of the case, and its scores of a row as a list."""
    from nn import MLP

    nin, *nouts = data["widths"]
    model = MLP(nin, nouts, activation=data["activation"])
    parameters = model.parameters()
    for p, number in zip(parameters, data["parameters"], strict=True):
        p.data = number
    if nouts[-1] == 1:
        return parameters, lambda x: [model(x)]
    return parameters, model


def mlp(data: dict[str, Any], *, package: bool = False) -> Task:
    """W1, W1t, W4."""
    from autograd_core import Value

    return scalars.mlp(Value, data, network(data) if package else None)


def loop(data: dict[str, Any]) -> Task:
    """W1 is written so."""
    return mlp(data)


def graph(data: dict[str, Any]) -> Task:
    """W2."""
    from autograd_core import Value

    return scalars.graph(Value, data)


def graph_bytes(data: dict[str, Any]) -> Task:
    """W2."""
    from autograd_core import Value

    return scalars.graph_bytes(Value, data)


def language_model(data: dict[str, Any]) -> tuple[Any, Any]:
    """The model of the demo with the numbers of the case, and its optimizer."""
    from demos.training.transformer import Transformer
    from optim import Adam

    model, p = Transformer(data["tokens"], seed=0), data["parameters"]
    units, heads = model.units, model.attention
    places = {"letter": model.letter, "place": model.place, "scores": model.scores}
    places |= {name: getattr(model, name) for name in ("norm1", "norm2", "norm3")}
    places |= {name: getattr(heads, name) for name in ("query", "key", "value")}
    places |= {"output": heads.output, "up": units[0], "down": units[2]}
    for name, layer in places.items():
        values = layer.parameters()
        for value, number in zip(values, scalars.flat({name: p[name]}), strict=True):
            value.data = number
    betas = tuple(data["betas"])
    return model, Adam(model.named_parameters(), lr=data["rate"], betas=betas)


def transformer(data: dict[str, Any]) -> Task:
    """W5: the training of the demo, as it stands."""
    from nn import cross_entropy_from_logits

    model, optimizer = language_model(data)

    def step(tokens: list[int]) -> float:
        optimizer.zero_grad()
        loss = cross_entropy_from_logits(model(tokens[:-1]), tokens[1:])
        loss.backward()
        optimizer.step()
        return float(loss.data)

    return Task(each(step, [(tokens,) for tokens in data["documents"]]))
