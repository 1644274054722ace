"""Which run a spec is: a hash of the engine's version and of the one spelling that a completed spec has."""

from __future__ import annotations

import hashlib
import json

import engine


def canonical(document: object) -> bytes:
    """The one spelling of a JSON document: keys sorted, no spaces, every number as Python writes it."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def spec_id(version: str, spec: bytes) -> str:
    """The id of a run: a hash of the engine's version and the canonical spec."""
    return hashlib.sha256(b"[" + canonical(version) + b"," + spec + b"]").hexdigest()[:32]


def run_id(spec: engine.ExperimentSpec) -> str:
    """The id of the run of a spec, by this engine."""
    return spec_id(engine.ENGINE_VERSION, canonical(spec.to_json()))
