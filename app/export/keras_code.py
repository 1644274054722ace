"""An experiment as a program in Keras, on whichever backend is installed: layers, an optimizer and train_on_batch.

Keras puts ε elsewhere in most of its optimizers, so every one but plain descent with momentum is written out as an
optimizer of one's own, from the rules of its update; so is every activation and loss that Keras has no exact name for.
"""

from __future__ import annotations

from typing import Any

from app.export import script, texts
from app.export.arithmetic import KERAS, SCALARS, Writer, statement
from app.export.material import Material, cannot
from app.export.script import Script, Section, indented

LIBRARY = "Keras"
TOLERANCE = 1e-6
"""Its norm of all gradients is another by a millionth, and its softplus gives up beyond 20."""

ACTIVATIONS = ("sigmoid", "tanh", "relu", "selu", "silu", "softplus", "softsign", "softmax", "log_softmax")
"""Activations that mean the same under the same name."""
LOSSES = {
    ("mse", "a"): "keras.losses.MeanSquaredError()",
    ("mae", "a"): "keras.losses.MeanAbsoluteError()",
    ("binary_cross_entropy", "z"): "keras.losses.BinaryCrossentropy(from_logits=True)",
}
SETTABLE = ("learning_rate", "base_learning_rate")


def write(material: Material) -> Script:
    """The program; a 422 for what it cannot say."""
    spec, language = material.spec, material.language
    if spec.update_order != "together":
        raise cannot(LIBRARY, "update_order", texts.CANNOT["update_order"], language)
    for k, layer in enumerate(spec.layers):
        if layer.activation.kind == "step":
            raise cannot(LIBRARY, f"layers[{k}].activation", texts.CANNOT["surrogate"], language)
    if any(material.program.values[name].shape == () for name in material.program.starts):
        raise cannot(LIBRARY, "optimizer", texts.CANNOT["counter"], language)
    title, about = material.heading(LIBRARY, texts.KERAS_ABOUT)
    opening = script.opening(
        material, ("import math", "", "import keras", "import numpy as np", "from keras import ops")
    )
    opening = Section("", (*opening.lines, f"TOLERANCE = {TOLERANCE}", 'keras.config.set_floatx("float64")'))
    penalties = material.penalties or [0.0] * material.steps
    settings = tuple(f"{name} = {value!r}" for name, value in material.settings.items())
    sections = [
        opening,
        script.data(material),
        script.parameters(material),
        *([Section(material.say(texts.SETTINGS), settings)] if settings else []),
        Section(material.say(texts.MODEL), tuple(_model(material))),
        Section(material.say(texts.LOSS), tuple(_loss(material))),
        Section(material.say(texts.OPTIMIZER), tuple(_optimizer(material))),
        script.batches(material),
        script.expected(material, [a + b for a, b in zip(material.losses, penalties, strict=True)]),
        Section(material.say(texts.TRAINING), tuple(_training(material))),
    ]
    return Script(title, about, tuple(section for section in sections if section))


def _model(material: Material) -> list[str]:
    spec, masks = material.spec, material.program.masks
    functions: list[str] = []
    layers: list[str] = []
    flow: list[str] = []
    logits = material.reads[1] == "z"
    for k, layer in enumerate(spec.layers, start=1):
        kind = "identity" if k == len(spec.layers) and logits else layer.activation.kind
        named, own = _activation(material, k, kind)
        functions += own
        layers.append(f"layer{k} = keras.layers.Dense({', '.join(_options(material, layer, named))})")
        flow.append(f"layer{k}")
        if kind == "prelu":
            layers.append(f"activation{k} = keras.layers.PReLU()")
            flow.append(f"activation{k}")
        if f"mask{k}" in masks:
            flow.append(f"mask{k}")
    lines = [*functions, *layers]
    if logits:
        lines.append(f"# {material.say(texts.LOGITS)}")
    lines += _with_masks(material, flow) if masks else _in_a_row(material, flow)
    for k, layer in enumerate(spec.layers, start=1):
        weights = [f"W{k}.T", *([f"b{k}"] if layer.bias else [])]
        lines.append(f"layer{k}.set_weights([{', '.join(weights)}])")
        if f"activation{k}" in flow:
            lines.append(f"activation{k}.set_weights([alpha{k}])")
        lines += [f"{_variable(f'{stem}{k}')}.trainable = False" for stem in layer.frozen]
    return lines


def _options(material: Material, layer: Any, activation: str) -> list[str]:
    """What Dense is given."""
    options = [str(layer.units)]
    options += [f"activation={activation}"] if activation else []
    options += [] if layer.bias else ["use_bias=False"]
    if "penalty" in material.program.written:
        # Keras has l2·Σw² where the page has ½·l2·Σw².
        l1, l2 = (material.settings.get(name, 0.0) for name in ("l1", "l2"))
        options.append(f"kernel_regularizer=keras.regularizers.L1L2({l1!r}, {l2 / 2!r})")
    return options


def _in_a_row(material: Material, flow: list[str]) -> list[str]:
    return [f"model = keras.Sequential([keras.Input(({material.spec.widths[0]},)), {', '.join(flow)}])"]


def _with_masks(material: Material, flow: list[str]) -> list[str]:
    """The dropout masks are inputs, so that they are the same as on the page."""
    masks = material.program.masks
    lines = [f"inputs = keras.Input(({material.spec.widths[0]},))"]
    lines += [f"{name} = keras.Input(({width},))" for name, (width, _) in masks.items()]
    value = "inputs"
    for part in flow:
        lines.append(f"h = {value} * {part} / {1 - masks[part][1]!r}" if part in masks else f"h = {part}({value})")
        value = "h"
    return [*lines, f"model = keras.Model([inputs, {', '.join(masks)}], h)"]


def _activation(material: Material, k: int, kind: str) -> tuple[str, list[str]]:
    """What Dense is given as its activation, and the function it may need."""
    if kind in ("identity", "prelu"):
        return "", []
    if kind in ACTIVATIONS:
        return f'"{kind}"', []
    program = material.program
    call = program.written[f"a{k}"]
    body = Writer(KERAS, dict.fromkeys(call.bind, "z")).write(program.rule(call))
    return f"activation{k}", [f"def activation{k}(z):", f"    return {body}", "", ""]


def _loss(material: Material) -> list[str]:
    spec, (_, slot) = material.spec, material.reads
    named = LOSSES.get((spec.loss.kind, slot))
    if named is not None and spec.reduction == "mean":
        return [f"loss_function = {named}"]
    rule = material.program.rule(material.program.written["loss"])
    body = Writer(KERAS, {"y": "y", slot: slot}).write(rule)
    return [f"def loss_function(y, {slot}):", f"    return {body}", ""]


def _optimizer(material: Material) -> list[str]:
    spec = material.spec
    start = [] if "learning_rate" in material.settings else ["learning_rate = base_learning_rate"]
    limits = []
    if spec.clip.value is not None:
        limits.append("clipvalue=clip_limit")
    if spec.clip.norm is not None:
        limits.append("global_clipnorm=clip_limit")
    given = ", ".join(["learning_rate=learning_rate", *limits])
    kind, constant = spec.optimizer.kind, spec.schedule.kind == "constant" and not material.edits
    if kind == "sgd":
        return [*start, f"optimizer = keras.optimizers.SGD({given})"]
    if kind in ("momentum", "nesterov") and constant:
        nesterov = ", nesterov=True" if kind == "nesterov" else ""
        return [*start, f"optimizer = keras.optimizers.SGD({given}, momentum=momentum{nesterov})"]
    own = _own_optimizer(material)
    if own is None:
        return [*start, f"optimizer = keras.optimizers.SGD({given})"]
    return [*own, *start, f"optimizer = Optimizer({given})"]


def _own_optimizer(material: Material) -> list[str] | None:
    """An optimizer made from the rules of the update of one parameter; None if nothing is updated."""
    program = material.program
    model = next((name for name in program.parameters if name in program.updates), None)
    if model is None:
        return None
    memory = [name.removesuffix(f"_{model}") for name in program.starts if name.endswith(f"_{model}")]
    names = {model: "variable", f"{model}_new": "variable_new"}
    for name in (f"d{model}", f"g_{model}", f"clipped_{model}"):
        names[name] = "gradient"
    calls = []
    for call in program.calls:
        if call.phase != "update" or call.writes.startswith(("g_", "clipped_")):
            continue
        stem = call.writes.removesuffix("_new").removesuffix(f"_{model}")
        if not (call.writes == f"{model}_new" or f"{stem}_{model}" in (call.writes, call.writes.removesuffix("_new"))):
            continue
        calls.append(call)
        if call.writes != f"{model}_new":
            names[call.writes] = stem + ("_new" if call.writes.endswith("_new") else "")
    for slot in memory:
        names[f"{slot}_{model}"] = slot
    lines = []
    for call in calls:
        bind = {slot: names.get(name, name) for slot, name in call.bind.items()}
        lines.append(f"{names[call.writes]} = {Writer(KERAS, bind).write(program.rule(call))}")
    kept = ", ".join(f'"{slot}"' for slot in memory)
    return [
        "class Optimizer(keras.optimizers.Optimizer):",
        "    def build(self, variables):",
        "        super().build(variables)",
        "        self.memory = {",
        f"            variable.path: [self.add_variable_from_reference(variable, name) for name in [{kept}]]",
        "            for variable in variables",
        "        }",
        "",
        "    def update_step(self, gradient, variable, learning_rate):",
        *indented(['t = ops.cast(self.iterations + 1, "float64")'] if program.counts_steps else [], 2),
        *indented(
            [f"{', '.join(memory)}{',' if len(memory) == 1 else ''} = self.memory[variable.path]"] if memory else [], 2
        ),
        *indented(lines, 2),
        *indented([f"self.assign({slot}, {slot}_new)" for slot in memory], 2),
        "        self.assign(variable, variable_new)",
        "",
        "",
    ]


def _training(material: Material) -> list[str]:
    program = material.program
    lines = [*_edits(material)]
    lines += ["x, y = X, Y"] if material.is_whole else ["rows = rows_of(step)", "x, y = X[rows], Y[rows]"]
    if "learning_rate" in program.written:
        lines += ["t = step + 1", statement(program, program.written["learning_rate"], SCALARS)]
        lines.append("optimizer.learning_rate = learning_rate")
    lines += [line.replace("len(a0)", "len(x)") for line in script.masks(material)]
    given = f"[{', '.join(['x', *program.masks])}]" if program.masks else "x"
    lines += ["model.reset_metrics()", f"loss = float(model.train_on_batch({given}, y))", *script.compared()]
    changed = any(cells for _, cells in material.edits.values())
    helper = [
        "def change(variable, index, value):",
        "    array = np.array(ops.convert_to_numpy(variable))",
        "    array[index] = value",
        "    variable.assign(array)",
        "",
        "",
    ]
    return [
        *(helper if changed else []),
        "model.compile(optimizer, loss_function, run_eagerly=True)",
        "for step in range(STEPS):",
        *indented(lines),
    ]


def _variable(name: str) -> str:
    """Where Keras keeps a parameter."""
    stem, layer = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
    return {"W": f"layer{layer}.kernel", "b": f"layer{layer}.bias", "alpha": f"activation{layer}.alpha"}[stem]


def _edits(material: Material) -> list[str]:
    lines: list[str] = []
    for step, (settings, cells) in material.edits.items():
        body = [f"# {material.say(texts.EDIT)}"]
        for name, value in settings.items():
            if name not in SETTABLE:
                raise cannot(LIBRARY, f"edits: {name}", texts.CANNOT["setting"], material.language)
            body.append(f"{name} = {value!r}")
            body += ["optimizer.learning_rate = learning_rate"] if name == "learning_rate" else []
        for name, index, value in cells:
            if name in ("x", "y"):
                body.append(f"{name.upper()}[{', '.join(map(str, index))}] = {value!r}")
            elif name in material.program.parameters:
                place = tuple(reversed(index)) if name.startswith("W") else index
                body.append(f"change({_variable(name)}, {place}, {value!r})")
            else:
                raise cannot(LIBRARY, f"edits: {name}", texts.CANNOT["memory"], material.language)
        lines += [f"if step == {step}:", *indented(body)]
    return lines
