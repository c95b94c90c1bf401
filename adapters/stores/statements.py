"""What is said to a store: statements, the rows they answer, and how they are put into a driver's words.

SQLAlchemy Core is used for what it says, not for saying it: a statement is compiled once for each
dialect, kept, and then given to the driver directly, with the types' own processors applied.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

Row: TypeAlias = Any
"""One row of an answer: a named tuple, so both `row.name` and `row[0]` work."""

Params: TypeAlias = Mapping[str, Any]
NO_VALUES: Params = MappingProxyType({})


class Unexpected(Exception):
    """A statement did not touch the number of rows that it said it would; the transaction was undone."""

    def __init__(self, sql: str, expected: int, touched: int) -> None:
        super().__init__(f"{expected} rows were to be touched and {touched} were, by: {sql}")
        self.expected = expected
        self.touched = touched


class Violation(Exception):
    """A row breaks a rule of its table (unique, foreign key, not null, check); the transaction was undone."""


class Statement(NamedTuple):
    """A statement with its values: SQLAlchemy Core, or text with `:name` for each value.

    A sequence of mappings executes it once for each. With `expect_rows`, touching another number of
    rows undoes the whole transaction and raises Unexpected.
    """

    sql: Any
    params: Params | Sequence[Params] = NO_VALUES
    expect_rows: int | None = None


Processor: TypeAlias = Callable[[Any], Any]


class Said(NamedTuple):
    """A statement in the driver's words, with values in the driver's types."""

    sql: str
    params: Params | list[Params] | None
    rows: RowMaker


class RowMaker:
    """Makes rows of one statement from the tuples that the driver fetches."""

    def __init__(self, dialect: Dialect, types: Sequence[Any] = ()) -> None:
        self._dialect = dialect
        self._types = types
        self._make: Callable[[Sequence[Any]], Row] | None = None

    def make(self, description: Sequence[Any], fetched: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows; `description` is the driver's account of the columns."""
        if self._make is None:
            self._make = self._maker(description)
        return list(map(self._make, fetched))

    def _maker(self, description: Sequence[Any]) -> Callable[[Sequence[Any]], Row]:
        row = _row_class(tuple(column[0] for column in description))
        if len(self._types) != len(description):
            return row
        processors: list[Processor | None] = [
            type_.dialect_impl(self._dialect).result_processor(self._dialect, column[1])
            for type_, column in zip(self._types, description, strict=True)
        ]
        if not any(processors):
            return row

        def processed(values: Sequence[Any]) -> Row:
            return row([v if p is None else p(v) for p, v in zip(processors, values, strict=True)])

        return processed


@lru_cache(maxsize=512)
def _row_class(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Row]:
    made: Any = namedtuple("Row", list(names), rename=True)  # type: ignore[misc]  # known only at run time
    make: Callable[[Sequence[Any]], Row] = made._make
    return make


_COMPILED: WeakKeyDictionary[Any, dict[tuple[str, frozenset[str]], _Compiled]] = WeakKeyDictionary()
"""Each statement of the process in the words of each dialect, for as long as there is that statement."""


class Phrasebook:
    """Puts statements into the words of one dialect, and remembers how."""

    def __init__(self, dialect: Dialect, *, named: str) -> None:
        """`named` is how the driver writes a value called x: `:x` or `%(x)s`."""
        self._dialect = dialect
        self._text = _as_it_stands if named == ":x" else _with_percent_signs
        self._text_rows: dict[str, RowMaker] = {}

    def say(self, statement: Any, params: Params | Sequence[Params]) -> Said:
        """The statement as the driver wants to hear it."""
        if isinstance(statement, str):
            rows = self._text_rows.get(statement)
            if rows is None:
                rows = self._text_rows[statement] = RowMaker(self._dialect)
            sql, has_values = self._text(statement)
            if isinstance(params, Mapping):
                return Said(sql, params if has_values else None, rows)
            return Said(sql, list(params), rows)
        first = params if isinstance(params, Mapping) else (params[0] if params else {})
        return self._compiled(statement, frozenset(first)).say(params)

    def _compiled(self, statement: Any, names: frozenset[str]) -> _Compiled:
        forms = _COMPILED.setdefault(statement, {})
        # What an INSERT or UPDATE says depends on which values it is given.
        key = (self._dialect.name, names)
        form = forms.get(key)
        if form is None:
            form = forms[key] = _Compiled(statement, names, self._dialect)
        return form


class _Compiled:
    """One Core statement, compiled for one dialect and one set of values' names."""

    def __init__(self, statement: Any, names: frozenset[str], dialect: Dialect) -> None:
        shaped_by_values = getattr(statement, "is_dml", False) and names
        self._compiled = statement.compile(
            dialect=dialect, **({"column_keys": sorted(names)} if shaped_by_values else {})
        )
        types = [column.type for column in getattr(statement, "selected_columns", ())]
        self._rows = RowMaker(dialect, types)
        self._expands = False
        self._given: dict[str, Any] = {}
        self._processors: dict[str, Processor] = {}
        self._sql = str(self._compiled)
        if isinstance(self._compiled, SQLCompiler):
            # A list for IN becomes as many values as it has, anew each time.
            self._expands = bool(self._compiled.post_compile_params)
            if not self._expands:
                binds = self._compiled.bind_names
                self._given = {name: b.effective_value for b, name in binds.items() if not b.required}
                processors: Any = {
                    name: b.type.dialect_impl(dialect).bind_processor(dialect) for b, name in binds.items()
                }
                self._processors = {name: p for name, p in processors.items() if p is not None}

    def say(self, params: Params | Sequence[Params]) -> Said:
        if isinstance(params, Mapping):
            if self._expands:
                state = self._compiled.construct_expanded_state(dict(params))
                values = dict(state.parameters)
                for name, processor in state.processors.items():
                    values[name] = processor(values[name])
                return Said(state.statement, values, self._rows)
            return Said(self._sql, self._values(params) or None, self._rows)
        if self._expands:
            raise TypeError("a statement with a list of values in it is executed once, not many times")
        return Said(self._sql, [self._values(each) for each in params], self._rows)

    def _values(self, params: Params) -> dict[str, Any]:
        values = {**self._given, **params}
        for name, processor in self._processors.items():
            values[name] = processor(values[name])
        return values


_TOKEN = re.compile(
    r"""
      '(?:[^']|'')*' | "(?:[^"]|"")*"             # a string, a quoted name
    | --[^\n]* | /\*.*?\*/                        # a comment
    | (?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)   # a body between dollar signs
    | ::                                          # a cast
    | :(?P<name>[A-Za-z_]\w*)                     # a value
    | %
    """,
    re.VERBOSE | re.DOTALL,
)


def _as_it_stands(sql: str) -> tuple[str, bool]:
    return sql, True


@lru_cache(maxsize=1024)
def _with_percent_signs(sql: str) -> tuple[str, bool]:
    """The text with `%(name)s` for `:name`, and whether there is any value in it."""
    if not any(token["name"] for token in _TOKEN.finditer(sql)):
        return sql, False

    def replaced(token: re.Match[str]) -> str:
        return f"%({token['name']})s" if token["name"] else token[0].replace("%", "%%")

    return _TOKEN.sub(replaced, sql), True
