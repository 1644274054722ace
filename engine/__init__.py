"""The engine: neural networks computed one number at a time, in NumPy alone.

Code map, in the order in which data flows:

    registry, errors, quantities        what an entry says of itself; the names of values and what they mean
    expression, rule                    the scalar rule: the arithmetic of one element, as a value
    special                             the error function, which NumPy lacks
    notation, plain, speech             a rule typeset (LaTeX, MathML), as plain text, and said in words
    ops                                 an operation: kernel, derivatives and rule side by side
    targets                             which targets a loss is made for
    loss_forms, distances,              what losses are made of: one output's part, its slope, and the one division
      cross_entropies
    update_kernels, stages              what optimizers are made of
    activation, rectifiers,             what an activation function is, and the kinds of them
      smooth_rectifiers, squashers, softmaxes
    activations, losses, layers,        the registries: what a network is made of
      optimizers, schedules,
      regularisers, initializers,
      datasets, examples, catalog
    dataset, features, tables           what a data set is and can be given as; files of installed packages
    example, examples_published,        what an example says of itself; worked examples as printed
      examples_neurons
    datasets_logic, datasets_curves,    the data sets by kind
      datasets_plane, datasets_playground, datasets_tables
    fields                              plain data checked, field by field
    layer_spec, data_spec, edits        the parts of a spec that have checks of their own
    split                               the examples as arrays
    csv_table, csv_data                 CSV text as cells, and as examples
    spec -> program -> trace            an experiment, its assignments, the numbers of one step
    calls, updates                      what a program is made of; its update phase
    streams                             random numbers, one stream for each purpose
    plan, training, run                 the program compiled over memory; any step on demand
    checkpoints, threads                states kept along a run; one thread for matrix products
    gradcheck, explain, aftermath       witnesses, one number explained, what an update was good for
    evaluate, sets                      the forward pass outside training; training and test examples through it
    metrics, flow, health, history      how good, how large and how alive; figures over many steps
    diagnosis, survey, nonfinite,       what happened in a run: where it was lost and why, when to stop
      stopping
    surface, planes, landscape          what a network makes of its input plane; the loss around its parameters
    notes                               remarks on what is allowed, and probably not meant
    cost                                what a run would take, before anything is allocated

The engine knows nothing of servers or pages, reads no clock, and opens no file but the data sets of `tables`.
"""

from engine.aftermath import Aftermath
from engine.calls import PHASES, SOURCES, Call, Value
from engine.catalog import all_ops, catalog
from engine.cost import Cost, cost, require_within
from engine.csv_data import CSV_OPTIONS, CsvData, CsvOptions, csv_options, read_csv
from engine.csv_table import CsvError
from engine.data_spec import INLINE_PARAMS
from engine.dataset import CODINGS, Dataset
from engine.datasets import DATASETS
from engine.diagnosis import Diagnosis, LossDrop, NonFinite
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
from engine.example import Example, Published
from engine.explain import Explanation, Term, explain
from engine.flow import Flow, LayerSize
from engine.gradcheck import ArrayCheck, Difference, GradientCheck
from engine.history import LEVELS, PARTS, USUAL, Figures, History, history_width
from engine.landscape import Landscape, LandscapeView
from engine.metrics import Confusion, Metrics
from engine.nonfinite import Cause
from engine.notes import Note, notes
from engine.ops import Op
from engine.plain import Account, Line, account, plain_formula, plain_number
from engine.program import Program, compile_program
from engine.quantities import QUANTITIES, Quantity, format_address, parse_name
from engine.registry import LANGUAGES, Entry, Param, Registry, Text
from engine.rule import Rule
from engine.run import Run, open_run, state_at, trace
from engine.spec import DEFAULTS, OPTIONS, ExperimentSpec
from engine.split import DataSplit, make_split
from engine.stopping import MONITORS, STOPPING_PARAMS, EarlyStopping
from engine.surface import Axis, Grid, Surface, surface_names
from engine.survey import DeadUnit
from engine.trace import Trace
from engine.training import Trajectory

ENGINE_VERSION = "1"
"""Changes whenever the arithmetic does, so that a run id never stands for two sets of numbers."""

__all__ = [
    "CODINGS",
    "CSV_OPTIONS",
    "DATASETS",
    "DEFAULTS",
    "ENGINE_VERSION",
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
