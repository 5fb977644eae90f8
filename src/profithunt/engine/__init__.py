"""The engine: the only place that knows DuckDB and Spark, and how SQL models become tables.

`Engine` runs statements on DuckDB, `engine.spark.SparkEngine` on Spark, `AnyEngine` is what both can do; `compile_sql`
turns the house dialect into an engine's own; `read_models` and `build_order` load models and order them by what they
read; `Relation` is a result for any data-frame library.
"""

from profithunt.engine.compiler import compile_model, compile_sql, compile_tree, dependencies, literal, values_query
from profithunt.engine.duck import Engine
from profithunt.engine.engine import AnyEngine
from profithunt.engine.graph import build_order
from profithunt.engine.model import Model, ModelColumn, read_model, read_models, split_header
from profithunt.engine.relation import Relation

__all__ = [
    "AnyEngine",
    "Engine",
    "Model",
    "ModelColumn",
    "Relation",
    "build_order",
    "compile_model",
    "compile_sql",
    "compile_tree",
    "dependencies",
    "literal",
    "read_model",
    "read_models",
    "split_header",
    "values_query",
]
