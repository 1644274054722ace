"""What tests of the engine share: operands for any operation, experiments, comparisons that print both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine import Entry, ExperimentSpec, Op, Param, Run, Trace, Trajectory, catalog
from engine.activations import ACTIVATIONS
from engine.data.data_spec import data_of, extent
from engine.data.datasets import DATASETS
from engine.layers.initializers import INITIALIZERS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.rules.expression import Add, Choose, Element, Expr, Negate
from engine.rules.expression import Call as FunctionCall
from engine.rules.ops import Eager, gradient_of
from engine.rules.rule import Array, Rule, Shape, walk

EPS = float(np.finfo(np.float64).eps)
SIZES = {"n": 3, "j": 4, "i": 2}

ACTIVATION_NAMES = tuple(entry.name for entry in catalog()["activations"])
LOSS_NAMES = tuple(entry.name for entry in catalog()["losses"])


# Operands for any operation, from its rule alone


def axis_letters(rule: Rule) -> dict[tuple[str, int], str]:
    """One letter for every axis of every operand; axes that must agree get the same one."""
    leader: dict[str, str] = {}

    def find(letter: str) -> str:
        while leader.setdefault(letter, letter) != letter:
            letter = leader[letter]
        return letter

    first: dict[tuple[str, int], str] = {}
    for element in elements(rule.body):
        for axis, letter in enumerate(element.at):
            leader[find(letter)] = find(first.setdefault((element.of, axis), letter))
    classes: dict[str, set[str]] = {}
    for letter in leader:
        classes.setdefault(find(letter), set()).add(letter)
    named = {
        root: next((known for known in ("j", "n", "i") if known in group), root) for root, group in classes.items()
    }
    return {place: named[find(letter)] for place, letter in first.items()}


def elements(expr: Expr) -> Iterator[Element]:
    """Every element an expression names."""
    return (node for node in walk(expr) if isinstance(node, Element))


def operand_shapes(op: Op, sizes: Mapping[str, int] = SIZES) -> dict[str, Shape]:
    """Shapes of an operation's operands that fit together."""
    letters = axis_letters(op.rule)
    ranks = {element.of: len(element.at) for element in elements(op.rule.body)}
    return {slot: tuple(sizes.get(letters[slot, axis], 3) for axis in range(ranks.get(slot, 0))) for slot in op.slots}


def operands_for(op: Op, seed: int, sizes: Mapping[str, int] = SIZES) -> dict[str, Array]:
    """Operands drawn at random, none of them near a kink at 0; from 0.1 to 0.9 where a logarithm is taken of them."""
    generator = np.random.default_rng([seed, len(op.name)])
    return {
        slot: (_share if slot in logged(op.rule) else DOMAINS.get(slot, smooth))(generator, shape)
        for slot, shape in operand_shapes(op, sizes).items()
    }


def logged(rule: Rule) -> set[str]:
    """The operands whose elements stand straight inside a logarithm: ln a, ln(1 − a)."""
    inside = [node.of[0] for node in walk(rule.body) if isinstance(node, FunctionCall) and node.function == "log"]
    parts = [part for whole in inside for part in (whole.children if isinstance(whole, Add) else (whole,))]
    bare = [part.of if isinstance(part, Negate) else part for part in parts]
    return {part.of for part in bare if isinstance(part, Element)}


def smooth(generator: np.random.Generator, shape: Shape) -> Array:
    """Normal numbers, moved away from 0 by a tenth."""
    drawn = np.asarray(generator.normal(size=shape))
    return np.array(drawn + 0.1 * np.where(drawn < 0, -1.0, 1.0))


def _positive(generator: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(generator.uniform(0.1, 2.0, shape))


def _share(generator: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(generator.uniform(0.1, 0.95, shape))


DOMAINS: dict[str, Callable[[np.random.Generator, Shape], Array]] = {
    **dict.fromkeys(("v", "u", "v_new", "vhat", "epsilon", "clip_limit", "gradient_norm"), _positive),
    **dict.fromkeys(("beta1", "beta2", "rho", "momentum", "mu", "mu_next", "mu_product", "mu_product_new"), _share),
    "t": lambda generator, shape: np.asarray(generator.integers(1, 300, shape), dtype=np.float64),
    "mask": _share,
}
"""Operands that only make sense in a part of the numbers: mean squares, decays, the number of a step."""


def indices(shape: Shape) -> list[tuple[int, ...]]:
    """Every index into an array of a shape."""
    return list(np.ndindex(*shape))


def is_analytic(op: Op) -> bool:
    """Can the operation be computed as written at a complex point? |·|, max, cases and erf cannot."""
    return not any(
        isinstance(node, Choose) or (isinstance(node, FunctionCall) and node.function in NOT_COMPLEX)
        for node in walk(op.rule.body)
    )


NOT_COMPLEX = {"abs", "max", "min", "sign", "floor", "erf"}


def variants(entry: Entry) -> Iterator[dict[str, Any]]:
    """Parameters for an entry: all defaults, then one at a time every choice, or numbers from end to end."""
    yield {}
    for param in entry.params:
        if param.kind == "choice":
            yield from ({param.name: choice} for choice in param.choices if choice != param.default)
        elif param.kind == "number":
            low, high = param.minimum, param.maximum
            assert low is not None
            assert high is not None
            shares = (0.001 if param.exclusive_minimum else 0.0, 0.3, 0.9)
            some = (low + share * (high - low) for share in shares)
            yield from ({param.name: value} for value in some if value != param.default)


def activation_ops() -> dict[str, Op]:
    """Every activation's operation by name, for many values of its parameters, with and without its Jacobian; with
    all that comes with each.
    """
    found: dict[str, Op] = {}

    def add(op: Op) -> None:
        assert found.setdefault(op.name, op) is op, f"two operations are called {op.name}"
        for other in (*op.aids.values(), *op.derivatives.values()):
            add(other)

    for entry in ACTIVATIONS.values():
        for params in variants(entry):
            for jacobian in (False, True):
                add(entry.require_op(params, jacobian))
    return found


def fitting_targets(loss: str, draw: np.random.Generator, shape: tuple[int, int]) -> Array:
    """Targets that a loss takes: certain ones as well as shares, where it takes probabilities."""
    certain, (examples, outputs) = bool(draw.integers(0, 2)), shape
    match LOSSES[loss].targets.name:
        case "probabilities":
            return draw.integers(0, 2, shape).astype(float) if certain else draw.random(shape)
        case "distributions":
            classes = draw.integers(0, outputs, examples)
            return np.eye(outputs)[classes] if certain else draw.dirichlet(np.ones(outputs), examples)
        case "signs":
            return draw.choice([-1.0, 1.0], shape)
    return draw.normal(size=shape)


# Comparisons


def assert_close(what: str, got: Any, want: Any, tolerance: float, floor: float = 0.0) -> None:
    """Two arrays agree: the norm of the difference is within `tolerance` of the norm of `want` (or of `floor`)."""
    got, want = np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64)
    assert got.shape == want.shape, f"{what}: shape {got.shape}, wanted {want.shape}"
    with np.errstate(all="ignore"):
        error, size = float(np.linalg.norm(got - want)), max(float(np.linalg.norm(want)), floor)
    if error <= tolerance * size or np.array_equal(got, want, equal_nan=True):
        return
    apart = np.abs(got - want)
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(apart), np.inf, apart))), got.shape)
    place = tuple(map(int, worst))
    raise AssertionError(
        f"{what}{list(place)}: got {float(got[place])!r}, wanted {float(want[place])!r}; norm of the difference "
        f"{error:.3g}, allowed {tolerance:.3g} × {size:.3g}"
    )


def assert_same_bits(what: str, got: Mapping[str, Array], want: Mapping[str, Array]) -> None:
    """Two sets of arrays have the same names, shapes and bytes."""
    assert list(got) == list(want), f"{what}: {list(got)} and {list(want)}"
    for name, array in want.items():
        other = got[name]
        assert other.shape == array.shape, f"{what}: {name} {other.shape} and {array.shape}"
        assert other.dtype == array.dtype, f"{what}: {name} {other.dtype} and {array.dtype}"
        if other.tobytes() != array.tobytes():
            differing = np.argwhere(np.atleast_1d(other).view(np.uint64) != np.atleast_1d(array).view(np.uint64))[0]
            place = tuple(map(int, differing)) if array.shape else ()
            raise AssertionError(f"{what}: {name}{list(place)} is {other[place]!r} and {array[place]!r}")


def assert_same_trace(what: str, got: Trace, want: Trace) -> None:
    """Two traces are the same to the last bit."""
    assert (got.step, got.batch) == (want.step, want.batch), f"{what}: step and batch differ"
    assert_same_bits(what, got.values, want.values)


def check_rule(op: Op, operands: Mapping[str, Array]) -> None:
    """The rule at every index equals the kernel's result there, up to rounding."""
    whole = op(**operands)
    assert whole.shape == op.rule.shape({slot: array.shape for slot, array in operands.items()}), op.name
    terms = max(array.size for array in operands.values())
    largest = max(float(np.abs(array[np.isfinite(array)]).max(initial=0.0)) for array in operands.values())
    for index in indices(whole.shape):
        kernel, rule = float(whole[index]), op.rule.evaluate(operands, index)
        allowed = 64 * EPS * abs(kernel) + EPS * (terms + 8) * max(1.0, largest)
        agrees = abs(kernel - rule) <= allowed or kernel == rule or (np.isnan(kernel) and np.isnan(rule))
        assert agrees, f"{op.name}{list(index)}: kernel {kernel!r}, rule {rule!r}, apart by {kernel - rule:.3g}"


def check_rule_beyond_numbers(op: Op, strange: float) -> None:
    """Rule and kernel agree with a strange number in any of the operands, also where the result is not finite."""
    for slot, shape in operand_shapes(op).items():
        given = operands_for(op, 1)
        given[slot] = given[slot].copy()
        given[slot][tuple(0 for _ in shape)] = strange
        whole = op(**given)
        for index in indices(whole.shape):
            kernel, rule = float(whole[index]), op.rule.evaluate(given, index)
            if np.isfinite(kernel) and np.isfinite(rule):
                apart = abs(kernel - rule)
                assert apart <= 1e-12 * max(1.0, abs(kernel)), f"{op.name}{index}: {slot} has {strange}"
            else:
                message = f"{op.name}{index}: kernel {kernel}, rule {rule}, where {slot} has {strange}"
                assert kernel == rule or (np.isnan(kernel) and np.isnan(rule)), message


# Derivatives of any operation, against two independent witnesses


def gradient_operands(op: Op, slot: str, operands: Mapping[str, Array], upstream: Array) -> dict[str, Array]:
    """What the derivative of `op` with respect to `slot` reads, once `op` has been computed."""
    result, derivative = op.rule.result, op.derivatives[slot]
    known = {**operands, result: op(**operands), gradient_of(result): upstream}
    for aid, helper in derivative.aids.items():
        known[aid] = helper(**{name: known[name] for name in helper.slots})
    return {name: known[name] for name in derivative.slots}


def check_derivative(
    op: Op, slot: str, seed: int, sizes: Mapping[str, int] = SIZES, derivative: Op | None = None
) -> None:
    """The derivative along a random direction is what the function itself says it is.

    `upstream · op(…)` is a number; its slope along a direction of the operand must be `derivative(…) · direction`.
    The slope comes from central differences with one step of extrapolation, and where the operation is analytic from
    a complex step as well. `derivative` replaces the operation's own.
    """
    generator = np.random.default_rng([seed, 7])
    operands = operands_for(op, seed, sizes)
    whole = op(**operands)
    upstream = smooth(generator, whole.shape) if whole.shape else np.array(1.0)
    direction = smooth(generator, operands[slot].shape)
    computed = (derivative or op.derivatives[slot])(**gradient_operands(op, slot, operands, upstream))
    assert computed.shape == operands[slot].shape, f"{op.name} by {slot}: shape {computed.shape}"
    claimed = float(np.sum(computed * direction))
    size = float(np.sum(np.abs(computed * direction))) + 1e-3

    def along(step: float) -> float:
        moved = op(**{**operands, slot: operands[slot] + step * direction})
        return float(np.sum(moved * upstream))

    def central(step: float) -> float:
        return (along(step) - along(-step)) / (2 * step)

    step = 1e-3
    differences = (4 * central(step / 2) - central(step)) / 3
    shown = f"{op.name} by {slot}: derivative {claimed!r}"
    assert abs(claimed - differences) <= 1e-8 * size, f"{shown}, central differences {differences!r}"
    if is_analytic(op):
        exact = complex_slope(op, slot, operands, upstream, direction)
        assert abs(claimed - exact) <= 1e-13 * size, f"{shown}, complex step {exact!r}"


class ComplexEager(Eager):
    """Performs a kernel's calls on complex numbers."""

    def scratch(self, shape: Shape) -> Array:
        return np.empty(shape, dtype=complex)


def complex_slope(op: Op, slot: str, operands: Mapping[str, Array], upstream: Array, direction: Array) -> float:
    """Im f(x + ih·v) / h: the slope without any difference being taken, so h can be tiny."""
    tiny = 1e-30
    moved = {name: array.astype(complex) for name, array in operands.items()}
    moved[slot] = operands[slot] + 1j * tiny * direction
    out = np.empty(upstream.shape, dtype=complex)
    op.kernel(ComplexEager(), out, **moved)
    return float(np.sum(out * upstream).imag / tiny)


# Specs


def dense(units: int, activation: str = "identity", **more: Any) -> dict[str, Any]:
    """A dense layer as plain data."""
    return {"kind": "dense", "units": units, "activation": activation, **more}


def small(inputs: int, outputs: int, examples: int = 5) -> dict[str, Any]:
    """A little random data."""
    return {"kind": "uniform", "examples": examples, "inputs": inputs, "outputs": outputs}


SPECS: dict[str, dict[str, Any]] = {
    "seed": {},
    "one number": {"data": small(1, 1, 1), "layers": [dense(1)], "epochs": 40},
    "relu": {
        "data": small(3, 2, 7),
        "layers": [dense(5, "relu"), dense(4, "relu"), dense(2)],
        "optimizer": {"kind": "sgd", "learning_rate": 0.1},
        "seed": 3,
    },
    "softmax and cross-entropy in mini-batches": {
        "data": {
            "kind": "inline",
            "x": [[0.1 * i, 1 - 0.2 * i, (-1) ** i] for i in range(11)],
            "y": [[float(i % 3 == k) for k in range(3)] for i in range(11)],
        },
        "layers": [dense(4, "relu"), dense(4, "tanh"), dense(3, "softmax")],
        "loss": "softmax_cross_entropy",
        "optimizer": {"kind": "sgd", "learning_rate": 0.3},
        "batch_size": 4,
        "epochs": 100,
        "seed": 5,
    },
    "mini-batches in order": {
        "data": small(2, 1, 7),
        "layers": [dense(3, "tanh"), dense(1, "sigmoid")],
        "batch_size": 3,
        "shuffle": False,
        "epochs": 100,
    },
    "one example at a time": {
        "data": {"kind": "xor"},
        "layers": [dense(2, "tanh"), dense(1, "sigmoid")],
        "loss": "binary_cross_entropy",
        "batch_size": 1,
        "optimizer": {"kind": "sgd", "learning_rate": 0.5},
        "epochs": 100,
    },
    "frozen and without bias": {
        "data": small(3, 2, 6),
        "layers": [
            dense(3, "sigmoid", frozen=["b"]),
            dense(3, "tanh", bias=False, frozen=["W"]),
            dense(2, bias=False, initializer={"kind": "uniform", "low": -0.5, "high": 0.5}),
        ],
        "loss": "half_squared_error",
        "optimizer": {"kind": "sgd", "learning_rate": 0.2},
    },
    "all frozen": {
        "data": small(2, 1, 4),
        "layers": [dense(2, "tanh", frozen=["W", "b"]), dense(1, frozen=["W", "b"])],
    },
    "softmax in the middle": {
        "data": small(2, 2, 5),
        "layers": [dense(4, "softmax"), dense(2, "softmax")],
        "optimizer": {"kind": "sgd", "learning_rate": 0.5},
    },
}
"""Experiments that between them use every way a program can be put together."""


def make_spec(document: Mapping[str, Any], **changes: Any) -> ExperimentSpec:
    """The spec of a document with some fields changed."""
    return ExperimentSpec.from_json({**document, **changes})


def fresh_run(document: Mapping[str, Any] | ExperimentSpec, checkpoint_bytes: int | None = None) -> Run:
    """A run that shares nothing with any other."""
    spec = document if isinstance(document, ExperimentSpec) else ExperimentSpec.from_json(document)
    if checkpoint_bytes is None:
        return Run(spec, Trajectory(spec))
    return Run(spec, Trajectory(spec, checkpoint_bytes))


def registry_specs() -> dict[str, dict[str, Any]]:
    """Small experiments that bring in every entry of every registry: each activation with one loss at least, and each
    loss with one activation; every pair of them is compared with PyTorch in test_autodiff.py.
    """
    together = max(len(ACTIVATION_NAMES), len(LOSS_NAMES))
    pairs = zip(islice(cycle(ACTIVATION_NAMES), together), islice(cycle(LOSS_NAMES), together), strict=True)
    found = {
        f"{hidden}-{loss}": {
            "data": small(2, 2, 3),
            "layers": [dense(3, hidden), dense(2, hidden)],
            "loss": loss,
            "epochs": 20,
        }
        for hidden, loss in pairs
    }
    regularised = {
        "data": small(2, 1, 3),
        "layers": [dense(2, "tanh") | {"dropout": 0.5}, dense(1)],
        "epochs": 20,
    }
    for key, extra in {
        "l1": {"penalty": {"l1": 0.01}},
        "l2": {"penalty": {"l2": 0.01}},
        "l1 and l2": {"penalty": {"l1": 0.01, "l2": 0.1}, "clip": {"value": 0.01}},
        "clip norm": {"clip": {"norm": 0.01}, "penalty": {"l2": 0.1}},
        "one layer clip": {"clip": {"norm": 0.01}, "layers": [dense(1)]},
    }.items():
        found[key] = regularised | extra
    for name, entry in ACTIVATIONS.items():
        if not entry.elementwise:
            found[f"{name}-jacobian"] = {
                "data": small(2, 2, 3),
                "layers": [dense(2, name), dense(2, name)],
                "fused": False,
            }
    for loss, activation in ((name, each) for name, entry in LOSSES.items() for each in entry.unfused_activations):
        found[f"{loss}-after-{activation}"] = {
            "data": {"kind": "inline", "x": [[1.0, 0.5], [0.2, -1.0]], "y": [[0.25, 0.75], [1.0, 0.0]]},
            "layers": [dense(3, "tanh"), dense(2, activation)],
            "loss": loss,
            "fused": False,
        }
    for schedule in SCHEDULES:
        found[f"{schedule}-schedule"] = regularised | {"schedule": {"kind": schedule}}
    for optimizer in OPTIMIZERS:
        found[f"{optimizer}-optimizer"] = {
            "data": small(2, 1, 3),
            "layers": [dense(2, "tanh"), dense(1, bias=False)],
            "optimizer": {"kind": optimizer},
            "epochs": 20,
        }
    for initializer in INITIALIZERS:
        found[f"{initializer}-initializer"] = {
            "data": small(2, 1, 3),
            "initializer": {"kind": initializer},
            "epochs": 20,
        }
    for name, dataset in DATASETS.items():
        few = {"examples": 6, "bits": 3}
        sizes = {param.name: few[param.name] for param in dataset.params if param.name in few}
        found[f"{name}-data"] = {"data": {"kind": name, **sizes}, "epochs": 20}
    return found


def cases(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table as keywords of parametrize: its values, with its keys as ids."""
    return {"argvalues": list(table.values()), "ids": [key.replace(" ", "-") for key in table]}


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)


def param_values(param: Param) -> st.SearchStrategy[Any]:
    """Values that a parameter of an entry may take, small enough to work with."""
    if param.kind == "boolean":
        return st.booleans()
    if param.kind == "choice":
        return st.sampled_from(param.choices)
    if param.kind == "array":
        return st.lists(numbers, min_size=1, max_size=3)
    if param.kind == "features":
        named = st.lists(
            st.sampled_from(param.choices or ("x0", "x0^2", "sin(x0)", "cos(2*x0)")), min_size=1, unique=True
        )
        return named if param.default else st.none() | named
    least = param.minimum
    if param.kind == "integer":
        low = int(least if least is not None else 0) + param.exclusive_minimum
        high = low + 5 if param.maximum is None else min(low + 5, int(param.maximum))
        return st.integers(low, high)
    return st.floats(least, param.maximum, exclude_min=param.exclusive_minimum, allow_nan=False, allow_infinity=False)


def choices(registry: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An entry of a registry with some of its parameters given."""

    def of(name: str) -> st.SearchStrategy[dict[str, Any]]:
        values = {param.name: param_values(param) for param in registry[name].params}
        sizes = {param: values.pop(param) for param in ("examples", "bits") if param in values}
        return st.fixed_dictionaries({"kind": st.just(name), **sizes}, optional=values)

    return st.sampled_from(sorted(registry)).flatmap(of).filter(lambda choice: _fits_together(registry, choice))


def _fits_together(registry: Mapping[str, Any], choice: Mapping[str, Any]) -> bool:
    entry = registry[choice["kind"]]
    check: Callable[[Mapping[str, Any]], str | None] = getattr(entry, "check", lambda params: None)
    return check({param.name: choice.get(param.name, param.default) for param in entry.params}) is None


@st.composite
def inline_data(draw: st.DrawFn) -> dict[str, Any]:
    """Examples given outright, with rows of targets or class numbers."""
    rows, inputs, outputs = (draw(st.integers(1, 4)) for _ in range(3))
    options = draw(st.fixed_dictionaries({}, optional=_inline_options(inputs)))
    plain = {"scaling", "features"}.isdisjoint(options)
    cells = numbers if plain else st.floats(-1e6, 1e6)
    labelled = draw(st.booleans())

    def part(count: int) -> tuple[Any, Any]:
        x = [[draw(cells) for _ in range(inputs)] for _ in range(count)]
        if labelled:
            return x, [draw(st.integers(0, 4)) for _ in range(count)]
        return x, [[draw(numbers) for _ in range(outputs)] for _ in range(count)]

    x, y = part(rows)
    data = {"kind": "inline", "x": x, "y": y, **options}
    if "test_fraction" not in options and draw(st.booleans()):
        data["x_test"], data["y_test"] = part(draw(st.integers(1, 3)))
    if labelled and draw(st.booleans()):
        data["targets"] = draw(st.sampled_from(["zero_one", "signs", "one_hot"]))
    if draw(st.booleans()):
        count = draw(st.integers(5, 6)) if labelled else max(2, outputs)
        data["classes"] = [f"class {i}" for i in range(count)]
    return data


def _inline_options(inputs: int) -> dict[str, st.SearchStrategy[Any]]:
    features = st.sampled_from([f"x{inputs - 1}", "x0^3", "sin(x0)", f"cos(9*x{inputs - 1})"])
    return {
        "test_fraction": st.floats(0, 0.9),
        "scaling": st.sampled_from(["none", "standard", "minmax"]),
        "features": st.none() | st.lists(features, min_size=1, unique=True),
        "x_names": st.just([f"input {i}" for i in range(inputs)]),
    }


@st.composite
def spec_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any valid experiment, small enough to work with; most fields may be absent."""
    data = draw(choices(DATASETS) | inline_data())
    _, inputs, outputs = extent(data_of("data", data))
    document: dict[str, Any] = {"data": data}
    if draw(st.booleans()):
        widths = [*(draw(st.integers(1, 5)) for _ in range(draw(st.integers(0, 4)))), outputs]
        document["layers"] = [draw(_layer(units)) for units in widths]
        shapes: dict[str, Sequence[int]] = {}
        for k, (layer, n_in) in enumerate(zip(document["layers"], [inputs, *widths], strict=False), start=1):
            shapes[f"W{k}"] = (layer["units"], n_in)
            if layer.get("bias", True):
                shapes[f"b{k}"] = (layer["units"],)
        if draw(st.booleans()):
            given = draw(st.sets(st.sampled_from(sorted(shapes))))
            document["parameters"] = {name: _rows(draw, shapes[name]) for name in sorted(given)}
    optional = {
        "loss": st.sampled_from(LOSS_NAMES),
        "optimizer": choices(OPTIMIZERS),
        "initializer": choices(INITIALIZERS),
        "batch_size": st.none() | st.integers(1, 10**20),
        "shuffle": st.booleans(),
        "epochs": st.integers(1, 10**20),
        "seed": st.integers(0, 2**53 - 1),
    }
    return document | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def _layer(draw: st.DrawFn, units: int) -> dict[str, Any]:
    optional = {
        "kind": st.sampled_from([entry.name for entry in catalog()["layers"]]),
        "activation": st.sampled_from(ACTIVATION_NAMES),
        "bias": st.booleans(),
        "initializer": st.none() | choices(INITIALIZERS),
    }
    layer = {"units": units} | draw(st.fixed_dictionaries({}, optional=optional))
    names = ["W", "b"] if layer.get("bias", True) else ["W"]
    if draw(st.booleans()):
        layer["frozen"] = draw(st.lists(st.sampled_from(names), max_size=3))
    return layer


def _rows(draw: st.DrawFn, shape: Sequence[int]) -> Any:
    return [_rows(draw, shape[1:]) for _ in range(shape[0])] if shape else draw(numbers)
