"""An experiment as a program in PyTorch: the forward pass and the loss; its gradients are PyTorch's own.

What PyTorch has a name for goes by that name; anything else is written out from its rule, which PyTorch can
differentiate as well. A test runs the program of every entry of the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import engine
from app.export import script, texts
from app.export.arithmetic import SCALARS, TORCH, statement
from app.export.material import Material, cannot
from app.export.script import Script, Section, indented

LIBRARY = "PyTorch"
TOLERANCE = 1e-9

Values = Mapping[str, float | int | bool | str]

ACTIVATIONS: dict[str, Callable[[Values, str], str]] = {
    "identity": lambda values, z: z,
    "sigmoid": lambda values, z: f"torch.sigmoid({z})",
    "tanh": lambda values, z: f"torch.tanh({z})",
    "relu": lambda values, z: f"F.relu({z})",
    "leaky_relu": lambda values, z: f"F.leaky_relu({z}, {values['slope']!r})",
    "prelu": lambda values, z: f"F.prelu({z}, alpha{z[1:]})",
    "elu": lambda values, z: f"F.elu({z}, {values['alpha']!r})",
    "selu": lambda values, z: f"F.selu({z})",
    "silu": lambda values, z: f"F.silu({z})",
    "softplus": lambda values, z: f"F.softplus({z}, threshold=1000)",
    "softsign": lambda values, z: f"F.softsign({z})",
    "hard_sigmoid": lambda values, z: f"F.hardsigmoid({z})",
    "hard_tanh": lambda values, z: f"F.hardtanh({z})",
    "softmax": lambda values, z: f"F.softmax({z}, dim=1)",
    "log_softmax": lambda values, z: f"F.log_softmax({z}, dim=1)",
}
LOSSES: dict[tuple[str, str], Callable[[Values, str], str]] = {
    ("mse", "a"): lambda values, reads: f"F.mse_loss({reads}, y)",
    ("mae", "a"): lambda values, reads: f"F.l1_loss({reads}, y)",
    ("huber", "a"): lambda values, reads: f"F.huber_loss({reads}, y, delta={values['delta']!r})",
    ("binary_cross_entropy", "z"): lambda values, reads: f"F.binary_cross_entropy_with_logits({reads}, y)",
}
OPTIMIZERS: dict[str, Callable[[Values], str]] = {
    "sgd": lambda v: "torch.optim.SGD(moving, lr=learning_rate)",
    "momentum": lambda v: f"torch.optim.SGD(moving, lr=learning_rate, momentum={v['momentum']!r})",
    "nesterov": lambda v: f"torch.optim.SGD(moving, lr=learning_rate, momentum={v['momentum']!r}, nesterov=True)",
    "adagrad": lambda v: f"torch.optim.Adagrad(moving, lr=learning_rate, eps={v['epsilon']!r})",
    "rmsprop": lambda v: f"torch.optim.RMSprop(moving, lr=learning_rate, alpha={v['rho']!r}, eps={v['epsilon']!r})",
    "adadelta": lambda v: f"torch.optim.Adadelta(moving, lr=learning_rate, rho={v['rho']!r}, eps={v['epsilon']!r})",
    "adam": lambda v: (
        f"torch.optim.Adam(moving, lr=learning_rate, betas=({v['beta1']!r}, {v['beta2']!r}), eps={v['epsilon']!r})"
    ),
    "adamw": lambda v: (
        f"torch.optim.AdamW(moving, lr=learning_rate, betas=({v['beta1']!r}, {v['beta2']!r}), "
        f"eps={v['epsilon']!r}, weight_decay={v['weight_decay']!r})"
    ),
    "nadam": lambda v: (
        f"torch.optim.NAdam(moving, lr=learning_rate, betas=({v['beta1']!r}, {v['beta2']!r}), "
        f"eps={v['epsilon']!r}, momentum_decay={v['momentum_decay']!r})"
    ),
}
READ = ("learning_rate", "base_learning_rate", "l1", "l2", "clip_limit")
"""Settings that the program reads in every step; an optimizer of PyTorch's is given the others once."""


def write(material: Material) -> Script:
    """The program; a 422 for what it cannot say."""
    spec, language = material.spec, material.language
    if spec.update_order != "together":
        raise cannot(LIBRARY, "update_order", texts.CANNOT["update_order"], language)
    title, about = material.heading(LIBRARY, texts.TORCH_ABOUT)
    by_hand = spec.optimizer.kind not in OPTIMIZERS
    body = _step(material, by_hand)
    imports = ("import math", "", "import numpy as np", "import torch", "import torch.nn.functional as F")
    opening = script.opening(material, imports)
    opening = Section("", (*opening.lines, f"TOLERANCE = {TOLERANCE}", "torch.set_default_dtype(torch.float64)"))
    sections = [
        opening,
        script.data(material),
        script.parameters(material),
        Section(material.say(texts.MODEL), tuple(_tensors(material, by_hand))),
        *_surrogates(material),
        Section(material.say(texts.OPTIMIZER), tuple(_optimizer(material, by_hand))),
        script.batches(material),
        script.expected(material, material.losses),
        Section(material.say(texts.TRAINING), tuple(body)),
    ]
    return Script(title, about, tuple(section for section in sections if section))


def moving(material: Material) -> list[str]:
    """The parameters that training changes."""
    return [name for name in material.program.parameters if name in material.program.updates]


def _tensors(material: Material, by_hand: bool) -> list[str]:
    names = material.program.parameters
    lines = [f"{name} = torch.tensor({name}, requires_grad={name in moving(material)})" for name in names]
    lines.append("X, Y = torch.tensor(X), torch.tensor(Y)")
    return lines


def _optimizer(material: Material, by_hand: bool) -> list[str]:
    lines = [f"moving = [{', '.join(moving(material))}]"]
    needed = material.settings if by_hand else [name for name in material.settings if name in READ]
    lines += [f"{name} = {material.settings[name]!r}" for name in needed]
    if not moving(material):
        return lines
    if by_hand:
        memory = [name for name in material.state if name not in material.program.parameters]
        for name in memory:
            of = next((each for each in moving(material) if name.endswith(f"_{each}")), None)
            start = material.program.starts[name]
            lines.append(f"{name} = torch.full_like({of}, {start!r})" if of else f"{name} = {start!r}")
    else:
        values = material.spec.optimizer.values
        if "learning_rate" not in material.settings:
            lines.append("learning_rate = base_learning_rate")
        lines.append(f"optimizer = {OPTIMIZERS[material.spec.optimizer.kind](values)}")
    return lines


def _surrogates(material: Material) -> list[Section]:
    """A function of its own for every activation whose backward pass is not that of its forward pass."""
    found = {}
    for layer in material.spec.layers:
        if layer.activation.kind == "step":
            call = next(
                each for each in material.program.calls if each.op.startswith("step") and each.phase == "forward"
            )
            found[layer.activation] = call
    sections = []
    for call in found.values():
        program = material.program
        back = next(each for each in program.calls if each.phase == "backward" and each.op.startswith(call.op))
        given = {slot: {"da": "arriving", "z": "z", "a": "a"}[slot] for slot in back.bind}
        forward = statement(program, engine.Call(0, "forward", None, call.op, {"z": "z"}, "a"), TORCH)
        backward = statement(program, engine.Call(0, "backward", None, back.op, given, "delta"), TORCH)
        lines = [
            "class Step(torch.autograd.Function):",
            *indented(["@staticmethod", "def forward(ctx, z):"]),
            *indented([forward, "ctx.save_for_backward(z, a)", "return a"], 2),
            "",
            *indented(["@staticmethod", "def backward(ctx, arriving):"]),
            *indented(["z, a = ctx.saved_tensors", backward, "return delta"], 2),
            "",
        ]
        sections.append(Section("", tuple(lines)))
    return sections[:1]


def _step(material: Material, by_hand: bool) -> list[str]:
    program = material.program
    lines = [*_edits(material, by_hand)]
    lines += ["a0, y = X, Y"] if material.is_whole else ["rows = rows_of(step)", "a0, y = X[rows], Y[rows]"]
    drawn = script.masks(material)
    lines += [line if line.startswith("#") else f"{_torch(line)}" for line in drawn]
    before: int | None = None
    for call in program.calls:
        if call.phase == "forward":
            if call.layer != before:
                before = call.layer
                lines += ["", f"# {script.place(material, call)}"]
            lines.append(_forward(material, call))
    lines += ["", f"# {material.say(texts.LOSS)}", _loss(material)]
    total = "loss"
    if "penalty" in program.written:
        lines.append(statement(program, program.written["penalty"], TORCH))
        total = "(loss + penalty)"
    if moving(material):
        lines += ["", f"# {material.say(texts.PHASES['backward'])}"]
        lines += ["for parameter in moving:", "    parameter.grad = None", f"{total}.backward()"]
        lines += ["", f"# {material.say(texts.PHASES['update'])}", *_update(material, by_hand)]
    reported = ["loss = loss.item()", *script.compared()]
    return ["for step in range(STEPS):", *indented([*lines, "", *reported])]


def _torch(line: str) -> str:
    """A line that draws a mask with NumPy, as a tensor."""
    name, _, value = line.partition(" = ")
    return f"{name} = torch.tensor({value})"


def _forward(material: Material, call: engine.Call) -> str:
    spec = material.spec
    assert call.layer is not None
    layer = spec.layers[call.layer - 1]
    if set(call.bind) in ({"W", "a"}, {"W", "a", "b"}):
        operands = [call.bind[slot] for slot in ("a", "W", "b") if slot in call.bind]
        return f"{call.writes} = F.linear({', '.join(operands)})"
    if call.writes == f"a{call.layer}":
        z = call.bind["z"]
        if layer.activation.kind == "step":
            return f"{call.writes} = Step.apply({z})"
        if layer.activation.kind == "gelu":
            form = "none" if str(layer.activation.values["form"]) in ("exact", "erf") else "tanh"
            return f'{call.writes} = F.gelu({z}, approximate="{form}")'
        named = ACTIVATIONS.get(layer.activation.kind)
        if named is not None:
            return f"{call.writes} = {named(layer.activation.values, z)}"
    return statement(material.program, call, TORCH)


def _loss(material: Material) -> str:
    spec, (reads, slot) = material.spec, material.reads
    named = LOSSES.get((spec.loss.kind, slot))
    if named is None:
        return statement(material.program, material.program.written["loss"], TORCH)
    code = named(spec.loss.values, reads)
    return f"loss = {code}" if spec.reduction == "mean" else f'loss = {code[:-1]}, reduction="sum")'


def _update(material: Material, by_hand: bool) -> list[str]:
    program, spec = material.program, material.spec
    lines: list[str] = []
    if spec.clip.value is not None:
        lines.append("torch.nn.utils.clip_grad_value_(moving, clip_limit)")
    if spec.clip.norm is not None:
        lines.append("torch.nn.utils.clip_grad_norm_(moving, clip_limit)")
    if program.counts_steps:
        lines.append("t = step + 1")
    if "learning_rate" in program.written:
        lines.append(statement(program, program.written["learning_rate"], SCALARS))
    if not by_hand:
        lines += ["for group in optimizer.param_groups:", '    group["lr"] = learning_rate', "optimizer.step()"]
        return lines
    skipped = {"learning_rate", "gradient_norm", "clip_scale"}
    renamed: dict[str, str] = {}
    updates = []
    for call in program.calls:
        if call.phase != "update" or call.writes in skipped:
            continue
        if call.writes.startswith(("g_", "clipped_")):
            renamed[call.writes] = f"{call.writes.partition('_')[2]}.grad"
            continue
        bind = {slot: renamed.get(name, _gradient(name, material)) for slot, name in call.bind.items()}
        scalar = program.values[call.writes].shape == ()
        moved = engine.Call(call.index, call.phase, call.layer, call.op, bind, call.writes)
        updates.append(statement(program, moved, SCALARS if scalar else TORCH))
    for name, new in program.carries.items():
        updates.append(f"{name}.copy_({new})" if name in program.parameters else f"{name} = {new}")
    return [*lines, "with torch.no_grad():", *indented(updates)]


def _gradient(name: str, material: Material) -> str:
    """The gradient that PyTorch keeps with a parameter, for the name the page has for it."""
    of = next((each for each in material.program.parameters if name == f"d{each}"), None)
    return name if of is None else f"{of}.grad"


def _edits(material: Material, by_hand: bool) -> list[str]:
    lines: list[str] = []
    parameters = material.program.parameters
    for step, (settings, cells) in material.edits.items():
        body = [f"# {material.say(texts.EDIT)}"]
        for name, value in settings.items():
            if not by_hand and name not in READ:
                raise cannot(LIBRARY, f"edits: {name}", texts.CANNOT["setting"], material.language)
            body.append(f"{name} = {value!r}")
        moved = []
        for name, index, value in cells:
            if name not in parameters and name not in ("x", "y") and not by_hand:
                raise cannot(LIBRARY, f"edits: {name}", texts.CANNOT["memory"], material.language)
            array = {"x": "X", "y": "Y"}.get(name, name)
            moved.append(f"{array}[{', '.join(map(str, index))}] = {value!r}")
        body += ["with torch.no_grad():", *indented(moved)] if moved else []
        lines += [f"if step == {step}:", *indented(body)]
    return lines
