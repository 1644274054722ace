"""Optimizers: how a parameter follows from itself, its gradient, the optimizer's memory and the settings of the step.

An update is one or more stages, each a named assignment: Adam writes m_W2_new, v_W2_new, mhat_W2, vhat_W2 and W2_new.
Memory starts at zero; ε stands outside the root, as in PyTorch, except where an optimizer's paper has it inside
(Adadelta).

    kernels, stages     what optimizers are made of
    schedules           the learning rate over the steps
"""

from __future__ import annotations

from engine.optimizers import kernels
from engine.optimizers.stages import (
    AGAINST,
    BETA1,
    BETA1_PARAM,
    BETA2,
    BETA2_PARAM,
    BY_ROOT,
    DECAY,
    EPSILON,
    MEAN,
    MEAN_CORRECTED,
    MEAN_SQUARE,
    MEAN_SQUARE_CORRECTED,
    MOMENTUM,
    MOMENTUM_PARAM,
    MU,
    MU_NEXT,
    PRODUCT,
    PRODUCT_NEW,
    PSI,
    RATE,
    RHO,
    VELOCITY,
    Once,
    Optimizer,
    Stage,
    T,
    decay_param,
    epsilon_param,
    gradient,
    m,
    m_new,
    mhat,
    move,
    new_value,
    parameter,
    rate_param,
    share_param,
    u,
    v,
    v_new,
    vhat,
)
from engine.registry import Param, Registry, Text
from engine.rules.expression import Number, sign, sqrt

_ADAM_SOURCE = "Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1"

OPTIMIZERS: Registry[Optimizer] = Registry(
    "optimizer",
    Optimizer(
        "sgd",
        Text("Gradient descent", "梯度下降"),
        Text(
            "Every parameter moves against its gradient, by the learning rate times the gradient.",
            "每个参数沿梯度的反方向移动，移动量为学习率乘以梯度。",
        ),
        r"W \leftarrow W - \eta\,\frac{\partial L}{\partial W}",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.1",
        (rate_param(0.01),),
        stages=(new_value(AGAINST, lambda at: parameter[at] - RATE * gradient[at], kernels.sgd),),
    ),
    Optimizer(
        "momentum",
        Text("Momentum", "动量法"),
        Text(
            "A velocity gathers the gradients of many steps, so that the way along a valley is fast and the zigzag "
            "across it averages out.",
            "速度累积多步的梯度：沿山谷方向加速，横向的来回振荡相互抵消。",
        ),
        r"v \leftarrow \mu v + \frac{\partial L}{\partial W},\quad W \leftarrow W - \eta v",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.2, with v as in torch.optim.SGD",
        (rate_param(0.01), MOMENTUM_PARAM),
        stages=(
            VELOCITY,
            new_value(
                Text("The parameter moves against the velocity.", "参数沿速度的反方向移动。"),
                lambda at: parameter[at] - RATE * v_new[at],
                kernels.along_velocity,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "nesterov",
        Text("Nesterov momentum", "Nesterov 动量"),
        Text(
            "Momentum that looks ahead: the gradient is added to where the velocity is about to lead.",
            "向前看的动量法：把梯度加在速度即将到达之处。",
        ),
        r"v \leftarrow \mu v + g,\quad W \leftarrow W - \eta\,(g + \mu v)",
        "Sutskever, Martens, Dahl & Hinton, ICML (2013), in the form of torch.optim.SGD with nesterov=True",
        (rate_param(0.01), MOMENTUM_PARAM),
        stages=(
            VELOCITY,
            new_value(
                Text(
                    "The parameter moves against the gradient and the velocity that follows from it.",
                    "参数沿梯度与由其更新的速度之和的反方向移动。",
                ),
                lambda at: parameter[at] - RATE * (gradient[at] + MOMENTUM * v_new[at]),
                kernels.nesterov,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "adagrad",
        Text("Adagrad", "Adagrad"),
        Text(
            "Adds up the squares of all gradients; parameters with large gradients slow down, for ever.",
            "累加全部梯度的平方；梯度大的参数会越走越慢。",
        ),
        r"v \leftarrow v + g^2,\quad W \leftarrow W - \eta\,\frac{g}{\sqrt{v} + \varepsilon}",
        "Duchi, Hazan & Singer, JMLR 12 (2011), in the form of torch.optim.Adagrad",
        (rate_param(0.01), epsilon_param(1e-10)),
        stages=(
            Stage(
                "v_new",
                Text("Sum of the squared gradients", "梯度平方之和"),
                Text("The sum so far, plus the square of the gradient.", "此前的和加上梯度的平方。"),
                lambda at: v[at] + gradient[at] ** 2,
                kernels.sum_of_squares,
            ),
            new_value(
                Text(
                    "The gradient over the root of the sum of its squares.",
                    "梯度除以其平方和的平方根。",
                ),
                lambda at: parameter[at] - RATE * gradient[at] / (sqrt(v_new[at]) + EPSILON),
                kernels.by_root,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "rmsprop",
        Text("RMSprop", "RMSprop"),
        Text(
            "Adagrad that forgets: a running mean of squared gradients instead of their sum.",
            "会遗忘的 Adagrad：用梯度平方的滑动平均代替总和。",
        ),
        r"v \leftarrow \rho v + (1 - \rho) g^2,\quad W \leftarrow W - \eta\,\frac{g}{\sqrt{v} + \varepsilon}",
        "Hinton, Neural Networks for Machine Learning (2012), lecture 6e, in the form of torch.optim.RMSprop",
        (rate_param(0.01), share_param("rho", 0.99, Text("ρ, for v", "ρ（用于 v）")), epsilon_param(1e-8)),
        stages=(
            Stage(
                "v_new",
                Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of the gradient of this step.",
                    "旧均值占 ρ，其余来自本步梯度的平方。",
                ),
                lambda at: RHO * v[at] + (1 - RHO) * gradient[at] ** 2,
                kernels.rmsprop_v,
            ),
            new_value(
                BY_ROOT,
                lambda at: parameter[at] - RATE * gradient[at] / (sqrt(v_new[at]) + EPSILON),
                kernels.by_root,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "adadelta",
        Text("Adadelta", "Adadelta"),
        Text(
            "RMSprop whose step size comes from the size of its own past moves, so that no learning rate need be "
            "chosen. ε stands inside the roots.",
            "步长由自身过去的移动量决定的 RMSprop，无需选择学习率。ε 在根号内。",
        ),
        r"d = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\,g,\quad W \leftarrow W - \eta d",
        "Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012), algorithm 1",
        (rate_param(1.0), share_param("rho", 0.9, Text("ρ, for v and u", "ρ（用于 v 和 u）")), epsilon_param(1e-6)),
        stages=(
            Stage(
                "v_new",
                Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of the gradient of this step.",
                    "旧均值占 ρ，其余来自本步梯度的平方。",
                ),
                lambda at: RHO * v[at] + (1 - RHO) * gradient[at] ** 2,
                kernels.rmsprop_v,
            ),
            Stage(
                "move",
                Text("Move", "移动量"),
                Text(
                    "The gradient, scaled from the size of past gradients to the size of past moves.",
                    "把梯度从以往梯度的尺度换算到以往移动量的尺度。",
                ),
                lambda at: sqrt(u[at] + EPSILON) / sqrt(v_new[at] + EPSILON) * gradient[at],
                kernels.adadelta_move,
            ),
            Stage(
                "u_new",
                Text("Running mean of the squared move", "移动量平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of this move.",
                    "旧均值占 ρ，其余来自本次移动量的平方。",
                ),
                lambda at: RHO * u[at] + (1 - RHO) * move[at] ** 2,
                kernels.adadelta_u,
            ),
            new_value(
                Text("The parameter moves against the move.", "参数沿移动量的反方向移动。"),
                lambda at: parameter[at] - RATE * move[at],
                kernels.along_move,
            ),
        ),
        memory=("v", "u"),
    ),
    Optimizer(
        "adam",
        Text("Adam", "Adam"),
        Text(
            "Momentum and RMSprop together, corrected for their start at zero. The first step of every parameter is "
            "about as long as the learning rate.",
            "动量与 RMSprop 的结合，并修正从零开始的偏差。每个参数的第一步大约等于学习率。",
        ),
        r"W \leftarrow W - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        _ADAM_SOURCE,
        (rate_param(0.001), BETA1_PARAM, BETA2_PARAM, epsilon_param(1e-8)),
        stages=(
            MEAN,
            MEAN_SQUARE,
            MEAN_CORRECTED,
            MEAN_SQUARE_CORRECTED,
            new_value(
                BY_ROOT,
                lambda at: parameter[at] - RATE * mhat[at] / (sqrt(vhat[at]) + EPSILON),
                kernels.adam,
            ),
        ),
        memory=("m", "v"),
    ),
    Optimizer(
        "adamw",
        Text("AdamW", "AdamW"),
        Text(
            "Adam with decoupled weight decay: every parameter, biases too, shrinks by a part of itself, apart from "
            "the gradient.",
            "带解耦权重衰减的 Adam：每个参数（含偏置）都按自身比例缩小，与梯度无关。",
        ),
        r"W \leftarrow W - \eta\lambda W - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        "Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, as torch.optim.AdamW",
        (rate_param(0.001), BETA1_PARAM, BETA2_PARAM, epsilon_param(1e-8), decay_param(0.01)),
        stages=(
            MEAN,
            MEAN_SQUARE,
            MEAN_CORRECTED,
            MEAN_SQUARE_CORRECTED,
            new_value(
                Text(
                    "The parameter shrinks by the decay, and moves as in Adam.",
                    "参数先按衰减缩小，再像 Adam 一样移动。",
                ),
                lambda at: parameter[at] - RATE * DECAY * parameter[at] - RATE * mhat[at] / (sqrt(vhat[at]) + EPSILON),
                kernels.adamw,
            ),
        ),
        memory=("m", "v"),
    ),
    Optimizer(
        "nadam",
        Text("NAdam", "NAdam"),
        Text(
            "Adam with Nesterov's look ahead, and a momentum that warms up.",
            "带 Nesterov 前瞻的 Adam，动量系数逐步预热。",
        ),
        r"W \leftarrow W - \eta\,\frac{\frac{1-\mu_t}{1-\prod\mu}g + \frac{\mu_{t+1}}{1-\prod\mu\,\mu_{t+1}}m}"
        r"{\sqrt{\hat v} + \varepsilon}",
        "Dozat, Incorporating Nesterov Momentum into Adam (2016), as torch.optim.NAdam",
        (
            rate_param(0.002),
            BETA1_PARAM,
            BETA2_PARAM,
            epsilon_param(1e-8),
            Param(
                "momentum_decay",
                "number",
                0.004,
                Text("Momentum decay ψ", "动量衰减 ψ"),
                minimum=0.0,
                maximum=1.0,
                step=0.001,
                scale="log",
            ),
        ),
        once=(
            Once(
                "mu",
                Text("Momentum of this step", "本步的动量系数"),
                Text("β₁, reached from below as the steps go on.", "随步数增加，从下方趋近 β₁。"),
                BETA1 * (1 - 0.5 * Number(0.96) ** (T * PSI)),
                kernels.nadam_mu(0.0),
            ),
            Once(
                "mu_next",
                Text("Momentum of the next step", "下一步的动量系数"),
                Text("The same for the step after this.", "下一步的同一个量。"),
                BETA1 * (1 - 0.5 * Number(0.96) ** ((T + 1) * PSI)),
                kernels.nadam_mu(1.0),
            ),
            Once(
                "mu_product_new",
                Text("Product of the momenta", "动量系数之积"),
                Text("The momenta of all steps so far, multiplied.", "截至本步各步动量系数的乘积。"),
                PRODUCT * MU,
                kernels.nadam_product,
            ),
        ),
        stages=(
            MEAN,
            MEAN_SQUARE,
            Stage(
                "move",
                Text("Look ahead", "前瞻"),
                Text(
                    "The gradient and the mean that it leads to, each corrected for the start at zero.",
                    "梯度与由其更新的均值，分别修正从零开始的偏差。",
                ),
                lambda at: (
                    gradient[at] * ((1 - MU) / (1 - PRODUCT_NEW)) + m_new[at] * (MU_NEXT / (1 - PRODUCT_NEW * MU_NEXT))
                ),
                kernels.nadam_move,
            ),
            MEAN_SQUARE_CORRECTED,
            new_value(
                BY_ROOT,
                lambda at: parameter[at] - RATE * move[at] / (sqrt(vhat[at]) + EPSILON),
                kernels.nadam,
            ),
        ),
        memory=("m", "v"),
        counters=(("mu_product", 1.0),),
    ),
    Optimizer(
        "lion",
        Text("Lion", "Lion"),
        Text(
            "Keeps only a running mean and moves by its sign: every parameter moves by the learning rate, up or down.",
            "只保留一个滑动平均，并按其符号移动：每个参数都上移或下移一个学习率。",
        ),
        r"W \leftarrow W - \eta\,(\mathrm{sign}(\beta_1 m + (1-\beta_1) g) + \lambda W)",
        "Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2",
        (
            rate_param(0.0001),
            BETA1_PARAM,
            share_param("beta2", 0.99, Text("β₂, for m", "β₂（用于 m）")),
            decay_param(0.0),
        ),
        stages=(
            Stage(
                "move",
                Text("Sign of the move", "移动的符号"),
                Text(
                    "Only the sign is kept of the old mean and the gradient together.",
                    "旧均值与梯度合在一起，只保留符号。",
                ),
                lambda at: sign(BETA1 * m[at] + (1 - BETA1) * gradient[at]),
                kernels.lion_move,
            ),
            new_value(
                Text(
                    "The parameter shrinks by the decay, and moves by the learning rate.",
                    "参数先按衰减缩小，再移动一个学习率。",
                ),
                lambda at: parameter[at] - RATE * DECAY * parameter[at] - RATE * move[at],
                kernels.lion,
            ),
            Stage(
                "m_new",
                Text("Running mean of the gradient", "梯度的滑动平均"),
                Text(
                    "The part β₂ of the old mean, and the rest from the gradient of this step.",
                    "旧均值占 β₂，其余来自本步的梯度。",
                ),
                lambda at: BETA2 * m[at] + (1 - BETA2) * gradient[at],
                kernels.lion_m,
            ),
        ),
        memory=("m",),
    ),
)
