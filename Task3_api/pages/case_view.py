"""The nearest real cases as a page tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from Task2_model.contract import Contract, Value
from Task2_model.formatting import format_number, lower_first, with_unit
from Task3_api.current_model import CurrentModel
from Task3_api.pages.phrases import format_value
from Task3_api.pages.typed_numbers import unmistakable
from Task3_api.record_encoder import Record
from Task3_api.similar_cases import FAR, Case

COUNT = 5
MOST_VALUES = 6  # of those given, that are told of each case


@dataclass(frozen=True)
class CaseView:
    """A case: its outcome, its values of the features given, and all of it as an address has it."""

    outcome: str
    values: tuple[str, ...]
    query: str


@dataclass(frozen=True)
class CasesView:
    """The nearest cases of `count`; `as_near` are no farther than the last of them.

    `is_near` says whether the nearest is much like what was asked.
    """

    cases: tuple[CaseView, ...]
    count: int
    as_near: int
    is_near: bool

    @classmethod
    def of(cls, model: CurrentModel, record: Record) -> CasesView | None:
        """The cases nearest to a record; None where there are none, or none may be shown."""
        if not model.contract.similar_cases:
            return None
        cases, as_near = model.similar_cases.nearest(record, COUNT)
        if not cases:
            return None
        return cls(
            tuple(_view(model.contract, case, record) for case in cases),
            model.similar_cases.count,
            as_near,
            cases[0].distance <= FAR,
        )


def _view(contract: Contract, case: Case, record: Record) -> CaseView:
    given = [name for name, value in record.items() if value is not None][:MOST_VALUES]
    values = tuple(_phrase(contract, name, case.record.get(name)) for name in given)
    query = {name: _typed(value) for name, value in case.record.items()}
    return CaseView(_outcome(contract, case.outcome), values, urlencode(query))


def _phrase(contract: Contract, name: str, value: Value) -> str:
    feature = contract.by_name[name]
    text = "not known" if value is None else format_value(feature, value)
    return f"{lower_first(feature.label)} {text}"


def _typed(value: Value) -> str:
    return value if isinstance(value, str) else unmistakable(f"{value:.15g}")


def _outcome(contract: Contract, outcome: float | str) -> str:
    target = contract.target
    if contract.task == "regression":
        return with_unit(format_number(float(outcome)), target.unit)
    return target.class_label(outcome if isinstance(outcome, str) else int(outcome))
