"""The Backscope server: a page and a REST API around the engine. It computes nothing itself.

Code map, in the order a request meets it:

    command    the command line: the server started, and what works without one
    client     the API as Python objects, for programs and notebooks
    settings   every limit and setting             logs           one line for one event
    guard, origins       the layer around everything: who may ask, HEAD, security headers, the last net
    api        the routes of the API: runs, steps, explanations
    api_stretches, api_events, api_schemas      several steps, a run while it is computed, JSON Schemas
    api_data   examples of one's own from CSV text
    figures    what a run comes to: history, metrics, surfaces, landscapes, diagnosis
    courses, events      a run computed while others listen; server-sent events
    api_export, export   a run as a file: a page, a program, a table, weights
    negotiation          which form of an answer a client wants
    pages, documentation the page, and the API for people
    schema     what a client sent, read strictly        questions   which figures, and what they would cost
    runs       what the routes share: specs, threads, answers
    compute    threads, and computations that several requests wait for together
    cache      encoded answers, computed once   shortcut   straight to one that is there already
    store      specs in SQLite                  shared      what several servers share: Redis or Valkey, optional
    encode     arrays to JSON                   encode_figures, encode_data     figures and examples to JSON
    binary     arrays to safetensors and npz    identity   which run a spec is
    describe   runs and the catalogue as plain data
    answers    bytes with their headers: ETag, gzip, 304
    errors     the one shape of every error
    openapi, openapi_parameters, openapi_spec, models, models_figures, models_data, models_catalog, models_teaching
                         the API described
    conventions          the header of a trace
    assets, vendor       the page's files       i18n, texts      languages
    teaching, material   the glossary
    sharing              codes to scan, and the addresses others can reach

Only `encode` and `binary` know NumPy, only `schema` reads requests, and only the engine validates a spec.
"""

from __future__ import annotations

from app.application import create_app

__all__ = ["create_app"]
