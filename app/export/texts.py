"""What the exported programs and tables say, in English and Chinese."""

from __future__ import annotations

from engine import Text

TITLE = Text("{name} in {library}", "用 {library} 写成的{name}")
NETWORK = Text("A {widths} network", "{widths} 网络")
MADE = Text("Made by Backscope (engine {engine}) from run {run}.", "由 Backscope（引擎 {engine}）根据运行 {run} 生成。")
NUMPY_ABOUT = Text(
    "The assignments of a step have the names they have on the page, and compute what is shown there.",
    "一步中的每个赋值都与页面同名，计算的正是页面所示的数。",
)
TORCH_ABOUT = Text(
    "The same initial weights, data and batches; PyTorch finds the gradients by itself. Names are those of the page.",
    "初始权重、数据和批量都相同；梯度由 PyTorch 自行求得。名字与页面一致。",
)
KERAS_ABOUT = Text(
    "The same initial weights, data and batches. Keras keeps a layer's weights the other way round: its kernel is W.T.",
    "初始权重、数据和批量都相同。Keras 中权重矩阵是转置的：kernel 即 W.T。",
)
HOW_LONG = Text("of {steps}; raise it to train for longer", "共 {steps} 步；调大即可训练更久")
DATA = Text("The data, a row for each example", "数据，每个样本一行")
PARAMETERS = Text("The parameters before step 0", "第 0 步之前的参数")
SETTINGS = Text("Settings", "设置")
EXPECTED = Text("The losses that Backscope computed", "Backscope 算出的损失")
BATCHES = Text("The batches: a new order of the examples in every epoch", "批量：每一轮重新排列样本")
BATCHES_IN_ORDER = Text("The batches: the examples in their order", "批量：按样本原有顺序")
MODEL = Text("The network", "网络")
OPTIMIZER = Text("The optimizer", "优化器")
LOSS = Text("The loss", "损失")
TRAINING = Text("Training", "训练")
EDIT = Text("What was changed by hand before this step", "在这一步之前手动修改之处")
MASKS = Text("Which units dropout leaves in", "dropout 保留的神经元")
KEPT = Text("What is kept for the next step", "留给下一步的值")
PHASES = {
    "forward": Text("Forward", "前向"),
    "loss": Text("Loss", "损失"),
    "backward": Text("Backward", "反向"),
    "update": Text("Update", "更新"),
}
PHASE_LAYER = Text("{phase}, layer {layer}", "{phase}，第 {layer} 层")
LOGITS = Text(
    "The loss takes z of the last layer; its activation is part of the loss.",
    "损失直接取最后一层的 z；激活函数已包含在损失中。",
)

NOT_IN_FILE = Text("That is not in this file", "此文件中没有这一部分")
EXTENT = Text("steps {first} to {last} of {steps}", "第 {first} 至 {last} 步，共 {steps} 步")

CANNOT = {
    "update_order": Text("moves all parameters at once, after all gradients", "在求得全部梯度之后同时更新全部参数"),
    "memory": Text("cannot have the optimizer's memory changed by hand", "不能手动修改优化器的内部状态"),
    "setting": Text("cannot have this setting changed in the middle of a run", "不能在运行中途修改该设置"),
    "counter": Text(
        "has no place for a number that an optimizer of one's own keeps from step to step",
        "无法为自定义优化器保存跨步的数值",
    ),
    "surrogate": Text(
        "has no activation whose backward pass is another function's", "没有反向传播采用另一函数的激活函数"
    ),
}
"""What a library cannot express, said of it."""
