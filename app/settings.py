"""Every limit and setting of a server, in one place: its meaning, its default for one person on one machine, and its
default for a server that many use at once.

The command line, the environment (`BACKSCOPE_MAX_STEPS=…`) and the documentation are made from this table.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from engine import Text

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
ENVIRONMENT = "BACKSCOPE_"
"""What the name of an environment variable for a setting begins with."""

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_WHOLE = re.compile(r"(?P<number>[0-9]{1,18})(?P<unit>[KMG]?)", re.ASCII)
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)


def default_data_dir() -> Path:
    """Where this system keeps an application's data."""
    return platformdirs.user_data_path("backscope", appauthor=False)


def _setting(
    default: Any,
    en: str,
    zh: str,
    *,
    shared: Any = None,
    group: str = "",
    made: bool = False,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field: its default (a function of nothing if `made`), that of a shared server if it differs, its meaning."""
    metadata = {"about": Text(en, zh), "shared": shared, "group": group, "choices": choices}
    return field(default_factory=default, metadata=metadata) if made else field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server may spend and where it keeps things. A `max_…` is the largest value that is still accepted."""

    data_dir: Path = _setting(
        default_data_dir,
        "Folder where runs and prepared files are kept.",
        "保存实验和预备文件的文件夹。",
        made=True,
    )
    store: str = _setting(
        "",
        "URL of a Redis or Valkey server that several servers share, such as redis://127.0.0.1:6379/0.",
        "多个服务器共用的 Redis 或 Valkey 的地址，例如 redis://127.0.0.1:6379/0。",
    )
    host: str = _setting(
        "127.0.0.1",
        "Address to listen on; a loopback address means this machine alone.",
        "监听的地址；回环地址表示只供本机使用。",
    )
    port: int = _setting(8765, "Port to listen on; 0 is any free one.", "监听的端口；0 表示任一空闲端口。")
    allowed_hosts: tuple[str, ...] = _setting(
        ("*",),
        'Names a request may call this server by, "*" any; an IP address always may.',
        "请求可以用来称呼本服务器的名字，“*”为任意名字；IP 地址总是可以。",
    )
    allowed_origins: tuple[str, ...] = _setting(
        (),
        "Origins of other pages that may use the API from a browser, such as https://lesson.example.",
        "可在浏览器中使用本 API 的其他网页来源，例如 https://lesson.example。",
    )

    max_body_bytes: int = _setting(
        2 * 2**20,
        "Size of a posted experiment.",
        "提交的实验的大小。",
        shared=512 * 2**10,
        group="experiment",
    )
    max_depth: int = _setting(
        32, "Nesting of lists and objects in it.", "其中列表和对象的嵌套层数。", group="experiment"
    )
    body_seconds: float = _setting(
        10.0, "Time a client has for sending it.", "客户端发送它的时限。", group="experiment"
    )
    max_parameters: int = _setting(
        2_000_000,
        "Weights and biases of a network.",
        "网络的权重和偏置个数。",
        shared=100_000,
        group="experiment",
    )
    max_layers: int = _setting(64, "Layers of a network.", "网络的层数。", shared=16, group="experiment")
    max_data: int = _setting(
        2_000_000,
        "Numbers in a data set, inputs and targets together.",
        "数据集中的数字个数，输入与目标合计。",
        shared=100_000,
        group="experiment",
    )
    max_values: int = _setting(
        5_000_000,
        "Numbers in the trace of one step.",
        "一步的轨迹中的数字个数。",
        shared=500_000,
        group="experiment",
    )
    max_steps: int = _setting(1_000_000, "Steps of a run.", "一次运行的步数。", shared=100_000, group="experiment")
    max_work: int = _setting(
        10**13,
        "Multiply-adds of a whole run; the default is about an hour of one core.",
        "一次运行的乘加总次数；默认值约为单核一小时。",
        shared=10**11,
        group="experiment",
    )

    max_array_numbers: int = _setting(
        50_000,
        "Numbers of one array in an answer; a larger one is summarised unless it is asked for by name.",
        "答复中一个数组的数字个数；更大的数组只给出概要，除非按名字索取。",
        group="answer",
    )
    max_response_numbers: int = _setting(
        200_000,
        "Numbers of all arrays in an answer.",
        "答复中所有数组的数字总数。",
        shared=100_000,
        group="answer",
    )
    max_stretch: int = _setting(1_000, "Steps in one answer.", "一个答复中的步数。", group="answer")
    max_export_numbers: int = _setting(
        2_000_000,
        "Numbers in an exported file.",
        "导出文件中的数字个数。",
        shared=200_000,
        group="answer",
    )
    max_points: int = _setting(10_000, "Points of a history.", "历史曲线的点数。", group="answer")
    max_resolution: int = _setting(
        500,
        "Points along one direction of a surface or a landscape.",
        "响应面或损失地形图沿一个方向的点数。",
        shared=200,
        group="answer",
    )
    max_figure_work: int = _setting(
        2 * 10**10,
        "Multiply-adds of one surface or landscape; the default is about ten seconds of one core.",
        "一张响应面或损失地形图的乘加次数；默认值约为单核十秒。",
        shared=4 * 10**9,
        group="answer",
    )

    compute_threads: int = _setting(
        lambda: max(1, min(4, os.cpu_count() or 1)),
        "Computations at the same time.",
        "同时进行的计算个数。",
        group="work",
        made=True,
    )
    queue_size: int = _setting(
        64,
        "Computations waiting for a thread; one more is answered 503.",
        "等待线程的计算个数；再多就答复 503。",
        shared=512,
        group="work",
    )
    deadline_seconds: float = _setting(
        10.0,
        "Time one request may take; then it is answered 503, and what was computed is kept.",
        "一个请求可用的时间；超过则答复 503，已算出的部分会保留。",
        shared=3.0,
        group="work",
    )
    max_streams: int = _setting(
        64,
        "Streams of events at the same time; one more is answered 503.",
        "同时进行的事件流个数；再多就答复 503。",
        shared=1_000,
        group="work",
    )
    heartbeat_seconds: float = _setting(
        15.0,
        "Silence after which a stream shows that it is alive.",
        "事件流沉默多久后表明自己仍在。",
        group="work",
    )
    stall_seconds: float = _setting(
        10.0,
        "Time after which a stream that nobody reads is closed.",
        "无人读取的事件流在多久后关闭。",
        group="work",
    )
    blas_threads: int = _setting(
        1,
        "Threads of the linear algebra library; 0 leaves it as it is.",
        "线性代数库的线程数；0 表示不改动。",
        group="work",
    )

    cache_bytes: int = _setting(
        128 * 2**20, "Encoded answers kept in memory.", "内存中保留的已编码答复。", group="memory"
    )
    unkept: str = _setting(
        "memory",
        "What becomes of new experiments when the disk is full: held in memory until the server ends, or refused.",
        "磁盘写满时如何处理新实验：保存在内存中直到服务器结束（memory），或拒绝（refuse）。",
        group="memory",
        choices=("memory", "refuse"),
    )
    spec_bytes: int = _setting(64 * 2**20, "Experiments kept in memory.", "内存中保留的实验。", group="memory")
    max_store_bytes: int = _setting(
        2**30,
        "Experiments kept on disk; the oldest make room.",
        "磁盘上保留的实验；最旧的让出空间。",
        group="memory",
    )

    @property
    def limits(self) -> dict[str, int]:
        """The limits that a spec or a question can run into, by name."""
        return {name: getattr(self, name) for name in LIMITS}

    def shared(self) -> Settings:
        """The same with the limits of a server that a whole class uses at once."""
        return replace(self, **{each.name: each.shared for each in settings_table() if each.shared is not None})

    def changed(self, texts: Mapping[str, str]) -> Settings:
        """The same with some settings given as text; ValueError names the one that is not what it may be."""
        table = {each.name: each for each in settings_table()}
        return replace(self, **{name: table[name].read(text) for name, text in texts.items()})

    def to_json(self) -> str:
        """All settings as text, for another process."""
        found = {each.name: getattr(self, each.name) for each in settings_table()}
        return json.dumps({name: str(value) if isinstance(value, Path) else value for name, value in found.items()})

    @staticmethod
    def from_json(text: str) -> Settings:
        """The settings that `to_json` wrote."""
        found = json.loads(text)
        return Settings(
            **{
                **found,
                "data_dir": Path(found["data_dir"]),
                "allowed_hosts": tuple(found["allowed_hosts"]),
                "allowed_origins": tuple(found["allowed_origins"]),
            }
        )


LIMITS = (
    "max_body_bytes",
    "max_depth",
    "max_parameters",
    "max_layers",
    "max_data",
    "max_values",
    "max_steps",
    "max_work",
    "max_array_numbers",
    "max_response_numbers",
    "max_stretch",
    "max_export_numbers",
    "max_points",
    "max_resolution",
    "max_figure_work",
)

GROUPS = {
    "": Text("Server", "服务器"),
    "experiment": Text("What an experiment may cost", "实验可以有多大"),
    "answer": Text("What an answer may hold", "答复可以有多大"),
    "work": Text("Work", "计算"),
    "memory": Text("Memory and disk", "内存与磁盘"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: what a setting is called, what it means, and its value in both profiles."""

    name: str
    group: str
    about: Text
    own: Any
    shared: Any
    """None where it is the same."""
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The option of the command line."""
        return "--" + self.name.replace("_", "-")

    def read(self, text: str) -> Any:
        """The value a text stands for: a number, a size such as 64M, a path, names with commas between them."""
        if isinstance(self.own, Path):
            return Path(text)
        if isinstance(self.own, tuple):
            return tuple(filter(None, (part.strip() for part in text.split(","))))
        if isinstance(self.own, str):
            if self.choices and text not in self.choices:
                raise ValueError(self.name)
            return text
        if isinstance(self.own, float):
            if not _DECIMAL.fullmatch(text) or float(text) <= 0:
                raise ValueError(self.name)
            return float(text)
        found = _WHOLE.fullmatch(text)
        least = 0 if self.name in ("port", "blas_threads") else 1
        if not found or (value := int(found["number"]) * UNITS[found["unit"]]) < least:
            raise ValueError(self.name)
        return value

    def show(self, value: Any) -> str:
        """A value as `read` takes it, for people."""
        if isinstance(value, tuple):
            return ",".join(value)
        if isinstance(value, int) and self.name.endswith("_bytes"):
            unit = next(unit for unit in reversed(UNITS) if value % UNITS[unit] == 0)
            return f"{value // UNITS[unit]}{unit}"
        return f"{value:g}" if isinstance(value, float) else str(value)


def settings_table() -> Iterator[Setting]:
    """Every setting, in order."""
    for each in fields(Settings):
        named = {name: each.metadata[name] for name in ("group", "about", "shared", "choices")}
        yield Setting(name=each.name, own=_own(each), **named)


def _own(each: Field[Any]) -> Any:
    return each.default_factory() if callable(each.default_factory) else each.default


def from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings that environment variables give, as text."""
    names = {ENVIRONMENT + each.name.upper(): each.name for each in settings_table()}
    return {name: environment[variable] for variable, name in names.items() if variable in environment}
