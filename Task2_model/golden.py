"""The answers that are sealed with a model, for `verify` and the gate."""

from __future__ import annotations

from typing import Any

from Task2_model.contract import Contract
from Task2_model.mask_conditional import Block


def golden_answer(contract: Contract, block: Block, index: int) -> dict[str, Any]:
    """One answer of a block, as golden.json has it."""
    if contract.task == "regression":
        return {part: float(block[part][index]) for part in ("prediction", "lower", "upper")}
    values = contract.target.values
    return {
        "label": values[block["label"][index]],
        "probability": float(block["probability"][index]),
        "probabilities": dict(
            zip(contract.target.classes, block["probabilities"][index].tolist(), strict=True)
        ),
        "set": [v for v, possible in zip(values, block["set"][index], strict=True) if possible],
    }
