"""The Backscope server: a page and a REST API around the engine. It computes nothing itself.

Code map, in the order a request meets it:

    command    the command line: the server started, and what works without one
    settings   every limit and setting             logs           one line for one event
    guard      the layer around everything: host check, HEAD, security headers, the last net
    api, figures, api_stretches, api_events, api_schemas        the routes of the API
    negotiation          which form of an answer a client wants              pages      the page and its files
    figures    the routes of what a run comes to: history, metrics, surfaces, landscapes, diagnosis
    schema     what a client sent, read strictly        questions   which figures, and what they would cost
    runs       what the routes share: specs, threads, answers
    compute    threads, and computations that several requests wait for together
    cache      encoded answers, computed once   shortcut   straight to one that is there already
    store      specs in SQLite
    encode     arrays to JSON                   encode_figures  figures to JSON
    binary     arrays to safetensors and npz    identity   which run a spec is
    describe   runs and the catalogue as plain data
    answers    bytes with their headers: ETag, gzip, 304
    errors     the one shape of every error
    openapi, openapi_parameters, models, models_figures, models_catalog                 the API described
    conventions          the header of a trace
    assets, vendor       the page's files       i18n, texts      languages
    sharing              codes to scan, and the addresses others can reach

Only `encode` and `binary` know NumPy, only `schema` reads requests, and only the engine validates a spec.
"""

from __future__ import annotations

from app.application import create_app

__all__ = ["create_app"]
