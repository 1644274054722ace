"""The engine: neural networks computed one number at a time, in NumPy alone.

Code map, each part built on those before it (`tests/test_architecture.py` holds the order):

    errors, streams, threads    what can go wrong; random numbers, a stream for each purpose; one thread for products
    registry, fields            what an entry says of itself; plain data checked, field by field
    rules                       the arithmetic of one element as a value; the operations; how a rule is written and said
    activations, losses,        the registries: what a network and its training are made of
      layers, optimizers
    examples                    worked examples, as printed
    data                        the data sets; the examples of an experiment as arrays; CSV
    spec, catalog               an experiment; everything an experiment may name
    program                     its assignments, compiled over memory; the numbers of one step; what it would cost
    training                    any step on demand
    witness                     the proof beside a number
    figures                     figures over many steps, surfaces and landscapes, what happened in a run
    run                         all of this for one experiment: what the server and the command line ask

The engine knows nothing of servers or pages, reads no clock, and opens no file but the data sets of `data.tables`.
"""

from engine.catalog import all_ops, catalog
from engine.data.csv_data import CSV_OPTIONS, CsvData, CsvOptions, csv_options, read_csv
from engine.data.csv_table import CsvError
from engine.data.data_spec import INLINE_PARAMS
from engine.data.dataset import CODINGS, Dataset
from engine.data.datasets import DATASETS
from engine.data.split import DataSplit, make_split
from engine.errors import (
    AddressError,
    Cancelled,
    EngineError,
    LimitError,
    ShapeError,
    SpecError,
    StepError,
    UnknownNameError,
)
from engine.examples.example import Example, Published
from engine.figures.diagnosis import Diagnosis, LossDrop, NonFinite
from engine.figures.flow import EXPLODED, VANISHED, Flow, LayerSize
from engine.figures.history import LEVELS, PARTS, USUAL, Figures, History, history_width
from engine.figures.landscape import Landscape, LandscapeView
from engine.figures.metrics import Confusion, Metrics
from engine.figures.stopping import MONITORS, STOPPING_PARAMS, EarlyStopping
from engine.figures.surface import Axis, Grid, Surface, surface_names
from engine.figures.survey import DeadUnit
from engine.program import Program, compile_program
from engine.program.calls import PHASES, SOURCES, Call, Value
from engine.program.cost import Cost, cost, require_within
from engine.program.trace import Trace
from engine.registry import LANGUAGES, Entry, Param, Registry, Text
from engine.rules.ops import Op
from engine.rules.quantities import QUANTITIES, Quantity, format_address, parse_name
from engine.rules.rule import Rule
from engine.run import Run, open_run, state_at, trace
from engine.spec import DEFAULTS, OPTIONS, ExperimentSpec
from engine.spec.notes import Note, notes
from engine.training import Trajectory
from engine.witness.aftermath import Aftermath
from engine.witness.explain import Explanation, Term, explain
from engine.witness.gradcheck import ArrayCheck, Difference, GradientCheck
from engine.witness.nonfinite import Cause
from engine.witness.plain import Account, Line, account, plain_formula, plain_number

ENGINE_VERSION = "1"
"""Changes whenever the arithmetic does, so that a run id never stands for two sets of numbers."""

__all__ = [
    "CODINGS",
    "CSV_OPTIONS",
    "DATASETS",
    "DEFAULTS",
    "ENGINE_VERSION",
    "EXPLODED",
    "INLINE_PARAMS",
    "LANGUAGES",
    "LEVELS",
    "MONITORS",
    "OPTIONS",
    "PARTS",
    "PHASES",
    "QUANTITIES",
    "SOURCES",
    "STOPPING_PARAMS",
    "USUAL",
    "VANISHED",
    "Account",
    "AddressError",
    "Aftermath",
    "ArrayCheck",
    "Axis",
    "Call",
    "Cancelled",
    "Cause",
    "Confusion",
    "Cost",
    "CsvData",
    "CsvError",
    "CsvOptions",
    "DataSplit",
    "Dataset",
    "DeadUnit",
    "Diagnosis",
    "Difference",
    "EarlyStopping",
    "EngineError",
    "Entry",
    "Example",
    "ExperimentSpec",
    "Explanation",
    "Figures",
    "Flow",
    "GradientCheck",
    "Grid",
    "History",
    "Landscape",
    "LandscapeView",
    "LayerSize",
    "LimitError",
    "Line",
    "LossDrop",
    "Metrics",
    "NonFinite",
    "Note",
    "Op",
    "Param",
    "Program",
    "Published",
    "Quantity",
    "Registry",
    "Rule",
    "Run",
    "ShapeError",
    "SpecError",
    "StepError",
    "Surface",
    "Term",
    "Text",
    "Trace",
    "Trajectory",
    "UnknownNameError",
    "Value",
    "account",
    "all_ops",
    "catalog",
    "compile_program",
    "cost",
    "csv_options",
    "explain",
    "format_address",
    "history_width",
    "make_split",
    "notes",
    "open_run",
    "parse_name",
    "plain_formula",
    "plain_number",
    "read_csv",
    "require_within",
    "state_at",
    "surface_names",
    "trace",
]
