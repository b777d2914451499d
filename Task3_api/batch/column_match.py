"""Which column of a table is which feature.

A feature's own name comes first, then what the file one trained on calls it, then its label, then
any of these but for case, blanks, underscores, points and dashes. What could be meant twice is not
guessed: it is left out, and offered as a choice, as is a name that is merely close. Whoever sends
the file can say it: `use.FEATURE=COLUMN`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from Task1_database.errors import InputError
from Task2_model.contract import Contract, Feature
from Task3_api.parsing import ALIAS, quote

Row = list[str]
SIGNS = re.compile(r"[\s_.\-]+")
CLOSE = 0.7  # of difflib's ratio, from which a name may be meant
NONE = ""  # the column of a feature that shall be read from none


@dataclass(frozen=True)
class ColumnMatch:
    """A feature and its column."""

    feature: Feature
    position: int  # of the column in the header
    is_exact: bool  # whether the column is called by the feature's own name, or `x`


@dataclass(frozen=True)
class ColumnMatches:
    """The columns of one header, as a contract's features."""

    used: tuple[ColumnMatch, ...]  # in the features' order
    header: Row
    contract: Contract

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each used feature's column, by the feature's name."""
        return {match.feature.name: match.position for match in self.used}

    @property
    def renamed(self) -> dict[str, str]:
        """The columns that are not called as their features are, by the features' names."""
        return {m.feature.name: self.header[m.position] for m in self.used if not m.is_exact}

    @cached_property
    def suggestions(self) -> dict[str, str]:
        """For features without a column, the column that may be meant."""
        used = set(self.positions.values())
        keys = {similar(name): name for index, name in enumerate(self.header) if index not in used}
        suggestions: dict[str, str] = {}
        for feature in self.contract.features:
            if feature.name not in self.positions:
                for name in _similar_names(self.contract, feature):
                    if close := difflib.get_close_matches(name, keys, n=1, cutoff=CLOSE):
                        suggestions.setdefault(feature.name, keys[close[0]])
        return suggestions

    def problem(self) -> InputError:
        """Why a table without any feature cannot be answered."""
        contract = self.contract
        meant = [f"{column!r} as {name}" for name, column in self.suggestions.items()][:3]
        hint = "the header needs one or more of " + ", ".join(contract.names[:20])
        if meant:
            hint = f"did you mean {', '.join(meant)}? Else {hint}"
        return InputError(f"no column is a feature of {contract.dataset}; {hint}")


def match_columns(
    contract: Contract, header: Row, chosen: Mapping[str, str] | None = None
) -> ColumnMatches:
    """Find each feature's column.

    Parameters
    ----------
    header : list of str
        The columns, each name once.
    chosen : mapping, optional
        The column of some features, by the features' names; NONE for a feature without.

    Raises
    ------
    InputError
        Naming what is chosen and is not there.
    """
    positions = {name: position for position, name in enumerate(header)}
    assigned = _chosen(contract, positions, chosen or {})
    exact: dict[str, int | None] = {
        f.name: positions[f.name] for f in contract.features if f.name in positions
    }
    if ALIAS in positions and ALIAS not in contract.by_name:
        exact.setdefault(contract.x, positions[ALIAS])
    assigned = exact | assigned
    for names_of in (_original_names, _label_names, _similar_names):
        form = similar if names_of is _similar_names else _one_line
        assigned |= _claims(contract, header, assigned, names_of, form)
    return ColumnMatches(
        tuple(
            ColumnMatch(feature, position, exact.get(feature.name) == position)
            for feature in contract.features
            if (position := assigned.get(feature.name)) is not None
        ),
        header,
        contract,
    )


def similar(name: str) -> str:
    """A name without what people write in different ways: case, blanks, underscores and the like.

    >>> similar("Living_Area"), similar("livingArea "), similar("living.area")
    ('livingarea', 'livingarea', 'livingarea')
    """
    return SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _chosen(
    contract: Contract, positions: Mapping[str, int], chosen: Mapping[str, str]
) -> dict[str, int | None]:
    assigned: dict[str, int | None] = {}
    for name, column in chosen.items():
        if name not in contract.by_name:
            raise InputError(f"use.{name[:40]}: there is no such feature", field=f"use.{name[:40]}")
        if column != NONE and column not in positions:
            problem = f"use.{name}: the file has no column {quote(column)}"
            raise InputError(problem, field=f"use.{name}")
        assigned[name] = positions.get(column) if column != NONE else None
    return assigned


def _claims(
    contract: Contract,
    header: Row,
    assigned: Mapping[str, int | None],
    names_of: Callable[[Contract, Feature], Iterable[str]],
    form: Callable[[str], str],
) -> dict[str, int]:
    """The features whose one column is called by one of their names, in some form.

    One column may make several features where it did so in training; else it is none of them.
    """
    columns: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(header):
        if position not in assigned.values():
            columns[form(name)].append(position)
    claims: dict[str, int] = {}
    for feature in contract.features:
        if feature.name not in assigned:
            names = {form(name) for name in names_of(contract, feature)} - {""}
            claimed = [position for name in names for position in columns.get(name, [])]
            if len(claimed) == 1:
                claims[feature.name] = claimed[0]
    origins: dict[int, set[str]] = defaultdict(set)
    for name, position in claims.items():
        reading = contract.readings.get(name)
        origins[position].add(reading.column if reading else name)
    return {name: position for name, position in claims.items() if len(origins[position]) == 1}


def _original_names(contract: Contract, feature: Feature) -> Iterable[str]:
    reading = contract.readings.get(feature.name)
    return [reading.column] if reading else []


def _label_names(contract: Contract, feature: Feature) -> Iterable[str]:
    return [feature.label, f"{feature.label} ({feature.unit})"] if feature.unit else [feature.label]


def _similar_names(contract: Contract, feature: Feature) -> list[str]:
    names = [feature.name, *_original_names(contract, feature), *_label_names(contract, feature)]
    return [similar(name) for name in names]


def _one_line(name: str) -> str:
    return " ".join(name.split())
