"""Every word the command says, in English and Chinese."""

from __future__ import annotations

import re

from engine import Text

# Help

USAGE = Text("Usage: ", "用法：")
ARGUMENTS = Text("Arguments", "参数")
OPTIONS = Text("Options", "选项")
HELP = Text("Show this help and end.", "显示本帮助并结束。")
VERSION = Text("Show the version and end.", "显示版本并结束。")
OTHER_COMMANDS = Text("Other commands:", "其他命令：")
MORE_HELP = Text(
    "`backscope COMMAND --help` explains each of them. A file whose name is a command is opened as ./NAME.",
    "`backscope 命令 --help` 给出各命令的说明。若文件名与命令相同，请写作 ./文件名。",
)
OPEN = Text(
    "Watch a neural network compute, one number at a time, in a browser.",
    "在浏览器中逐个数字地观看神经网络的计算。",
)
COMMANDS = {
    "trace": Text("Print one step with its arithmetic.", "打印一步及其算式。"),
    "check": Text("Check the gradients of a step by differences of the loss.", "用损失的差分检验一步的梯度。"),
    "train": Text("Train and print the loss.", "训练并打印损失。"),
    "export": Text("Write a run to a file: a page, a program, a table.", "把运行写成文件：网页、程序或表格。"),
    "serve": Text("Run a server for others.", "为他人运行服务器。"),
}
FILE = Text(
    "An experiment or a trace (JSON, npz, safetensors), or a table (CSV); without one, the seed experiment.",
    "实验或轨迹（JSON、npz、safetensors），或表格（CSV）；省略则打开教程实验。",
)
SPEC = Text(
    "An experiment: a file, the name of a built-in example, or - for standard input.",
    "实验：文件、内置示例的名字，或 - 表示标准输入。",
)
HOST = Text("Address to listen on; by default 127.0.0.1, this machine.", "监听的地址；默认 127.0.0.1，即本机。")
PORT = Text("Port to listen on, 0 for any free one; by default 8765.", "监听的端口，0 为任一空闲端口；默认 8765。")
DATA_DIR = Text(
    "Folder where runs are kept; by default this system's folder for the data of applications.",
    "保存实验的文件夹；默认为本系统的应用数据文件夹。",
)
NO_BROWSER = Text("Do not open a browser.", "不打开浏览器。")
BROWSER = Text("Open a browser here as well.", "同时在本机打开浏览器。")
LAN = Text(
    "Listen on the local network, and print the address to give to others. Everybody there can then use this server.",
    "在局域网上监听，并打印可告知他人的地址。届时局域网上人人都可使用本服务器。",
)
WORKERS = Text("Processes that answer requests; by default 1.", "处理请求的进程数；默认 1。")
STORE = Text(
    "A Redis or Valkey server that several servers share: redis://HOST:6379/0. Everything works without it, too.",
    "多个服务器共用的 Redis 或 Valkey：redis://主机:6379/0。没有它也一切正常。",
)
NO_STORE_URL = Text(
    "--store: a URL such as redis://127.0.0.1:6379/0", "--store：应为 redis://127.0.0.1:6379/0 这样的地址"
)
NO_CLUSTER = Text(
    "--store needs a package that is not installed: pip install 'backscope[cluster]'",
    "--store 需要尚未安装的包：pip install 'backscope[cluster]'",
)
PROFILE = Text(
    "Limits for one person (own) or for many at once (shared); by default own, and shared with --lan.",
    "限额：own 供一人使用，shared 供多人同时使用；默认 own，使用 --lan 时为 shared。",
)
ALLOW_HOST = Text(
    "A further name that this server may be called by; can be given several times.",
    "可用来称呼本服务器的另一个名字；可多次给出。",
)
LOG_LEVEL = Text("How much to write to the log; by default %(default)s.", "日志的详细程度；默认 %(default)s。")
LOG_FORMAT = Text(
    "Lines for people (text) or one JSON object for each event (json); by default %(default)s.",
    "text 供人阅读，json 为每个事件一个 JSON 对象；默认 %(default)s。",
)
ACCESS_LOG = Text("Write a line for every request.", "为每个请求写一行日志。")
ALLOW_ORIGIN = Text(
    "Let pages of this origin, such as https://lesson.example, use the API; can be given several times.",
    "允许该来源的网页（如 https://lesson.example）使用 API；可多次给出。",
)
SERVE_MORE = Text(
    "Sizes may end in K, M or G. Every limit can be set in the environment too: BACKSCOPE_MAX_STEPS=1000.",
    "大小可以 K、M、G 结尾。每项限额也可用环境变量设定：BACKSCOPE_MAX_STEPS=1000。",
)
DEFAULT = Text("Default: {own}.", "默认：{own}。")
DEFAULTS = Text("Default: {own}; shared: {shared}.", "默认：{own}；shared：{shared}。")
STEP = Text(
    "The step, from 0; by default the first, or that of the trace in the file.",
    "步号，从 0 起；默认第一步，或文件中轨迹的那一步。",
)
STEPS = Text("How many steps; by default all of the experiment.", "步数；默认为实验的全部。")
FORMAT = Text("How to write it; by default %(default)s.", "输出格式；默认 %(default)s。")
OUTPUT = Text("Write to this file.", "写入此文件。")
EXAMPLES = Text("Rows of the batch; text shows the first alone.", "批量中的行；文本格式默认只显示第一行。")
NAMES = Text("Values by name: z1,delta1.", "按名字选取：z1,delta1。")
PHASE = Text("One phase of the step.", "一步中的一个阶段。")
DIGITS = Text("Significant digits; by default %(default)s.", "有效数字；默认 %(default)s。")
ROWS = Text("Numbers of one array to print; by default %(default)s.", "每个数组打印的数字个数；默认 %(default)s。")
TERMS = Text("Print every term on a line of its own, with the total so far.", "每项单独一行，并给出累计值。")
POINTS = Text("Rows of the table, evenly spaced; by default %(default)s.", "表格的行数，均匀分布；默认 %(default)s。")
TRACE_MORE = Text(
    "Examples:\n  backscope trace seed --step 3\n  backscope trace my.json --names delta1 --terms\n"
    "  backscope trace xor --format json | jq .loss",
    "示例：\n  backscope trace seed --step 3\n  backscope trace my.json --names delta1 --terms\n"
    "  backscope trace xor --format json | jq .loss",
)
CHECK_MORE = Text(
    "The status is 0 if every gradient passes and 1 if one fails.", "全部通过时退出状态为 0，有一项未通过则为 1。"
)
FRAMEWORK = Text("Library of a program; by default %(default)s.", "程序所用的库；默认 %(default)s。")
WHAT = Text(
    "What of the run: the trace of a step, the weights before it, or figures over all steps (csv).",
    "导出内容：一步的轨迹、该步之前的权重，或各步的指标（csv）。",
)
COUNT = Text(
    "How many steps a page holds, or a program checks itself against; by default 10.",
    "网页包含的步数，或程序用来自检的步数；默认 10。",
)
OUTPUT_NAMED = Text(
    "Write to this file, - for standard output; by default one named after the run.",
    "写入此文件，- 表示标准输出；默认按运行命名。",
)
WRITTEN = Text("{name} is written.", "已写入 {name}。")
CANNOT_HOLD = Text("--what: {form} can hold {holds}", "--what：{form} 可包含 {holds}")
EXPORT_MORE = Text(
    "Examples:\n  backscope export seed --step 40          one file that steps offline\n"
    "  backscope export my.json --format py --framework torch\n  backscope export xor --format csv --what history -o -",
    "示例：\n  backscope export seed --step 40          可离线逐步查看的单个文件\n"
    "  backscope export my.json --format py --framework torch\n  backscope export xor --format csv --what history -o -",
)
TRAIN_MORE = Text(
    "The table goes to standard output, progress to standard error.", "表格写到标准输出，进度写到标准错误。"
)

# What a parser complains about

WHOLE = Text("a whole number from {least} to {most}", "应为 {least} 到 {most} 的整数")
NAMES_FORM = Text("names with commas between them: z1,delta1", "应为以逗号分隔的名字：z1,delta1")
ROWS_FORM = Text("row numbers with commas between them: 0,3", "应为以逗号分隔的行号：0,3")
COMPLAINTS_ZH: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"unrecognized arguments: (.*)"), r"无法识别：\1"),
    (re.compile(r"the following arguments are required: (.*)"), r"缺少：\1"),
    (re.compile(r"argument ([^:]*): expected one argument"), r"\1 需要一个值"),
    (re.compile(r"argument ([^:]*): invalid choice: .* \(choose from (.*)\)"), r"\1：可选 \2"),
    (re.compile(r"argument ([^:]*): (.*)"), r"\1：\2"),
)
BAD_SETTING = Text("{flag}: not a value it can have; its default is {default}", "{flag}：取值不当；默认值为 {default}")

# What goes wrong

PROGRAM_ERROR = Text(
    "This is a mistake in Backscope: {kind}. With BACKSCOPE_DEBUG=1 it says where.",
    "这是 Backscope 的错误：{kind}。设 BACKSCOPE_DEBUG=1 可知出错位置。",
)
SEE_HELP = Text("`{command} --help` explains it.", "`{command} --help` 有说明。")
STANDARD_INPUT = Text("standard input", "标准输入")
STANDARD_OUTPUT = Text("standard output", "标准输出")
NO_FILE = Text(
    "{name}: neither a file nor a built-in example ({examples})", "{name}：既不是文件，也不是内置示例（{examples}）"
)
CANNOT_READ = Text("{name}: cannot be read: {reason}", "{name}：无法读取：{reason}")
CANNOT_WRITE = Text("{name}: cannot be written: {reason}", "{name}：无法写入：{reason}")
TOO_LARGE = Text("{name}: larger than {most} bytes", "{name}：超过 {most} 字节")
INVALID = Text("{name}: {detail}", "{name}：{detail}")
LIMIT_HINT = Text("Raise it with {variable}=N in the environment.", "可用环境变量 {variable}=N 调高。")
NO_SPEC_IN_TRACE = Text(
    "{name}: a trace without its experiment; `backscope trace --format json` writes both",
    "{name}：轨迹中没有实验；`backscope trace --format json` 会一并写出",
)
NOT_OURS = Text("{name}: neither an experiment nor a trace", "{name}：既不是实验也不是轨迹")
NO_SUCH_STEP = Text("the steps are 0 to {last}", "步号为 0 到 {last}")
NO_SUCH_NAME = Text("{name}: no value of that name; there are {names}", "{name}：没有这个名字；有 {names}")
NO_SUCH_ROW = Text("the rows of this batch are 0 to {last}", "该批量的行号为 0 到 {last}")
BINARY_TO_TERMINAL = Text(
    "{format} is not for a terminal: give --output FILE, or lead it into another command",
    "{format} 不适合终端：请给出 --output 文件，或接到其他命令",
)
PORT_TAKEN = Text(
    "Port {port} is taken: is Backscope running already? Choose another one with --port, or --port 0.",
    "端口 {port} 已被占用：Backscope 是否已在运行？用 --port 另选一个，或 --port 0。",
)
PORT_NOT_YOURS = Text(
    "Port {port} is not yours to use. Choose one above 1023 with --port, or --port 0.",
    "端口 {port} 不可用。用 --port 选一个大于 1023 的端口，或 --port 0。",
)
CANNOT_LISTEN = Text("Backscope cannot listen on {host}: {reason}.", "Backscope 无法在 {host} 上监听：{reason}。")
NO_ADDRESS = Text("that is no address", "不是有效的地址")
WRONG_ENGINE = Text(
    "Backscope needs its own package 'engine', but Python found {found}. Use an environment of its own.",
    "Backscope 需要自己的 engine 包，但 Python 找到的是 {found}。请为它使用单独的环境。",
)

# The server

RUNNING = Text("Backscope is running at {address}  (Ctrl-C to stop)", "Backscope 正在运行：{address}  （Ctrl-C 停止）")
FOR_OTHERS = Text("For others on this network: {address}", "供本网络上的其他人使用：{address}")
DIFFERS = Text(
    "{name}: the loss of step {step} is {here} here; the file says {there}.",
    "{name}：第 {step} 步的损失在此为 {here}；文件中为 {there}。",
)

# A step

PHASES = {
    "forward": Text("Forward", "前向"),
    "loss": Text("Loss", "损失"),
    "backward": Text("Backward", "反向"),
    "update": Text("Update", "更新"),
}
STEP_HEAD = Text("Step {step} of {steps}", "第 {step} 步，共 {steps} 步")
BATCH_HEAD = Text("batch of {batch}", "批量 {batch}")
ROWS_HEAD = Text("showing row {rows}", "显示第 {rows} 行")
LOSS_HEAD = Text("loss {loss}", "损失 {loss}")
LAYER = Text("layer {layer}", "第 {layer} 层")
MORE_NUMBERS = Text("… {count} more (--rows {size})", "……还有 {count} 个（--rows {size}）")
MORE_TERMS = Text("{count} more terms", "另外 {count} 项")
ROLES = {
    "error": Text("error", "误差"),
    "slope": Text("slope", "斜率"),
}

# A check

CHECK_HEAD = Text(
    "Gradient check of step {step}: backpropagation against differences of the loss",
    "第 {step} 步的梯度检验：反向传播与损失差分对照",
)
CHECK_COLUMNS = (
    Text("gradient", "梯度"),
    Text("checked", "已检"),
    Text("relative error", "相对误差"),
    Text("worst at", "最差处"),
    Text("backpropagation", "反向传播"),
    Text("difference", "差分"),
    Text("verdict", "结论"),
)
PASSED = Text("passed", "通过")
FAILED = Text("failed", "未通过")
ALL_PASSED = Text("Every gradient passed.", "全部通过。")
STAND_INS = Text(
    "Not checked: {names}. A stated surrogate stands in for a function's slope on their way back.",
    "未检验：{names}。它们的反向路径上以约定的替代斜率代替了函数本身的斜率。",
)
SOME_FAILED = Text("{count} of {of} gradients failed.", "{of} 项中有 {count} 项未通过。")

# Training

STEP_COLUMN = Text("step", "步")
COLUMNS = {
    "loss": Text("loss", "损失"),
    "penalty": Text("penalty", "惩罚"),
    "train_loss": Text("training loss", "训练损失"),
    "train_accuracy": Text("training accuracy", "训练准确率"),
    "train_r2": Text("training R²", "训练 R²"),
    "test_loss": Text("test loss", "测试损失"),
    "test_accuracy": Text("test accuracy", "测试准确率"),
    "test_r2": Text("test R²", "测试 R²"),
}
STEPS_A_SECOND = Text("{rate:,.0f} steps/s", "每秒 {rate:,.0f} 步")
DIVERGED = Text(
    "The loss is not a finite number from step {step} on: the run diverged.",
    "从第 {step} 步起损失不是有限数：训练发散了。",
)


def complaint(message: str, language: str) -> str:
    """What argparse says about a command line, in our words."""
    if language == "zh":
        for pattern, words in COMPLAINTS_ZH:
            if found := pattern.fullmatch(message):
                return found.expand(words)
    return re.sub(r"^argument ", "", message)
