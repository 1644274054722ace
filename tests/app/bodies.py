"""A corpus of bodies that no honest client sends, and of values that fit nowhere."""

from __future__ import annotations

import json

MEBIBYTE = 2**20


def spec(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def layers(*units: object) -> bytes:
    return spec(layers=[{"units": each} for each in units])


INLINE = b'{"data": {"kind": "inline", "x": %s, "y": %s}, "layers": [{"units": 1}]}'

NOT_JSON = {
    "nothing": b"",
    "a space": b" ",
    "a word": b"hello",
    "a lonely brace": b"{",
    "an unclosed list": b"[1, 2",
    "two documents": b"{} {}",
    "a trailing comma": b'{"epochs": 1,}',
    "single quotes": b"{'epochs': 1}",
    "a bare name": b"{epochs: 1}",
    "a comment": b'{"epochs": 1} // one',
    "a byte order mark": b'\xef\xbb\xbf{"epochs": 1}',
    "UTF-16": '{"epochs": 1}'.encode("utf-16"),
    "a NUL": b'{"epochs"\x00: 1}',
    "NULs alone": b"\x00" * 1000,
    "a broken UTF-8 byte": b'{"loss": "\xff"}',
    "an overlong UTF-8 sequence": b'{"loss": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"loss": "\xed\xa0\x80"}',
    "a truncated UTF-8 sequence": b'{"loss": "\xe4\xb8',
    "a control character in a text": b'{"loss": "m\nse"}',
    "an unknown escape": rb'{"loss": "\q"}',
    "a half escape": rb'{"loss": "\u12"}',
    "an unterminated text": b'{"loss": "mse',
    "a million quotes": b'"' * MEBIBYTE,
    "a million escaped quotes": b'"' + rb"\"" * (MEBIBYTE // 2),
    "a million backslashes": b"\\" * MEBIBYTE,
    "leading zeros": b'{"epochs": 007}',
    "hexadecimal": b'{"epochs": 0x10}',
    "a plus sign": b'{"epochs": +1}',
    "a point without digits": b'{"epochs": 1.}',
    "True": b'{"shuffle": True}',
    "closing brackets": b"]" * 100_000,
    "closing, then opening brackets": b"]" * 100_000 + b"[" * 100_000,
}
UNSAFE = {
    "NaN": b'{"optimizer": {"kind": "sgd", "learning_rate": NaN}}',
    "Infinity": b'{"optimizer": {"kind": "sgd", "learning_rate": Infinity}}',
    "-Infinity": b'{"seed": -Infinity}',
    "1e999": b'{"optimizer": {"kind": "sgd", "learning_rate": 1e999}}',
    "-1e999": b'{"optimizer": {"kind": "sgd", "learning_rate": -1e999}}',
    "1e400 in the data": INLINE % (b"[[1e400]]", b"[[1]]"),
    "a whole number of 5,000 digits": b'{"epochs": ' + b"9" * 5_000 + b"}",
    "a negative one of 5,000 digits": b'{"seed": -' + b"9" * 5_000 + b"}",
    "a fraction of a million digits": b'{"epochs": 0.' + b"1" * MEBIBYTE + b"}",
    "a lone high surrogate": rb'{"loss": "\ud800"}',
    "a lone low surrogate": rb'{"loss": "\udc00mse"}',
    "surrogates the wrong way round": rb'{"loss": "\udc00\ud800"}',
    "a lone surrogate as a name": rb'{"\ud83d": 1}',
    "a lone surrogate deep inside": rb'{"layers": [{"units": [["\udfff"]]}]}',
    "the same name twice": b'{"epochs": 1, "epochs": 2}',
    "the same name twice, spelled in two ways": rb'{"epochs": 1, "\u0065pochs": 2}',
    "the same name twice, inside": b'{"data": {"kind": "xor", "kind": "xor"}}',
}
TOO_DEEP = {
    "100,000 lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 lists that never close": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "lists inside a field": b'{"parameters": {"W1": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}",
    "33 lists": b"[" * 33 + b"]" * 33,
    "lists and objects in turn": b'[{"a":' * 50_000,
}
INVALID = {
    "null": b"null",
    "true": b"true",
    "a number": b"1",
    "a text": b'"seed"',
    "a list": b"[]",
    "layers as a text": b'{"layers": "x"}',
    "layers as an object": b'{"layers": {}}',
    "no layer": b'{"layers": []}',
    "a layer that is null": b'{"layers": [null]}',
    "a layer without units": b'{"layers": [{}]}',
    "units as a text": layers("4", 1),
    "units as a fraction": layers(4.5, 1),
    "units as 4.0": b'{"layers": [{"units": 4.0}, {"units": 1}]}',
    "units as true": layers(True, 1),
    "no units": layers(0, 1),
    "negative units": layers(-4, 1),
    "units as a list": layers([4], 1),
    "more outputs than the data has": layers(4, 2),
    "an unknown field": spec(epoch=10),
    "an unknown field in a layer": spec(layers=[{"units": 1, "size": 1}]),
    "an unknown field in the data": spec(data={"kind": "xor", "depth": 1}),
    "an unknown loss": spec(loss="mean"),
    "a loss that is a list": spec(loss=["mse"]),
    "an unknown data set": spec(data={"kind": "../../etc/passwd"}),
    "data without a kind": spec(data={}),
    "an unknown activation": spec(layers=[{"units": 1, "activation": "<script>"}]),
    "a learning rate as a text": spec(optimizer={"kind": "sgd", "learning_rate": "0.1"}),
    "a learning rate of the word NaN": spec(optimizer={"kind": "sgd", "learning_rate": "NaN"}),
    "a negative learning rate": spec(optimizer={"kind": "sgd", "learning_rate": -1}),
    "no epochs": spec(epochs=0),
    "epochs as null": spec(epochs=None),
    "a batch of nothing": spec(batch_size=0),
    "a seed below zero": spec(seed=-1),
    "a seed that JavaScript cannot hold": spec(seed=2**53),
    "ragged rows": INLINE % (b"[[1], [1, 2]]", b"[[1], [1]]"),
    "rows of different number": INLINE % (b"[[1], [2]]", b"[[1]]"),
    "no rows": INLINE % (b"[]", b"[]"),
    "empty rows": INLINE % (b"[[]]", b"[[]]"),
    "null in the data": INLINE % (b"[[null]]", b"[[1]]"),
    "the word Infinity in the data": INLINE % (b'[["Infinity"]]', b"[[1]]"),
    "a parameter of another shape": spec(parameters={"W1": [[1]]}),
    "a parameter that is not there": spec(parameters={"W9": [[1]]}),
    "150,000 unknown fields": b"{" + b",".join(b'"k%d":1' % i for i in range(150_000)) + b"}",
}
TOO_LARGE = {
    "10^18 units": layers(10**18, 1),
    "10^18 units in many layers": layers(*[10**18] * 60, 1),
    "10^18 epochs": spec(epochs=10**18),
    "10^18 examples": spec(data={"kind": "uniform", "examples": 10**18}),
    "10^18 inputs": spec(data={"kind": "uniform", "inputs": 10**18}),
    "everything at once": spec(
        data={"kind": "uniform", "examples": 10**18, "inputs": 10**18, "outputs": 1},
        layers=[{"units": 10**18}, {"units": 1}],
        epochs=10**18,
    ),
    "100,000 layers": layers(*[1] * 100_000),
    "a product that fits no 64 bits": layers(2**32, 2**32, 1),
}
REFUSED = {
    400: {**NOT_JSON, **UNSAFE, **TOO_DEEP},
    422: {**INVALID, **TOO_LARGE},
}

FIELDS = (
    *("data", "layers", "loss", "reduction", "fused", "optimizer", "schedule", "clip", "penalty", "update_order"),
    *("initializer", "parameters", "batch_size", "shuffle", "epochs", "seed", "edits"),
)
VALUES = (
    *(b"null", b"true", b"-1", b"-0.0", b"1e308", b"5e-324", b'""', rb'"\u0000"', b"[]", b"{}", b"[[]]", b"[null]"),
    *(b'{"kind": {}}', b'{"kind": "nonsense"}', b'{"kind": "sgd", "learning_rate": 1e308}'),
)
ODD = {f"{field}: {value.decode()}": b'{"%s": %s}' % (field.encode(), value) for field in FIELDS for value in VALUES}
"""Every field of a spec with values of every sort; some are good."""


def corpus() -> dict[str, bytes]:
    """All of them, by what is wrong with them."""
    return {name: body for bodies in (*REFUSED.values(), ODD) for name, body in bodies.items()}
