"""FastAPI, pydantic and scikit-learn: one house by address, many by JSON; the point alone.

Its functions are `async`, since a prediction waits for nothing: threads would cost it a third.
"""

from __future__ import annotations

import os
from typing import Annotated

import joblib
import pandas as pd
from fastapi import FastAPI, Query
from pydantic import BaseModel

MODEL = joblib.load(os.environ["PEER_MODEL"])
app = FastAPI()


class House(BaseModel):
    """What is asked: every feature, each of its type."""

    living_area: float
    lot_size: float
    age: float
    land_value: float
    pct_college: float
    bedrooms: float
    fireplaces: float
    bathrooms: float
    rooms: float
    heating: str
    fuel: str
    sewer: str
    waterfront: str
    new_construction: str
    central_air: str


class Answer(BaseModel):
    """What is answered."""

    prediction: float


@app.get("/predict")
async def predict(house: Annotated[House, Query()]) -> Answer:
    """The price of one house."""
    return answers([house])[0]


@app.post("/predict")
async def predict_many(houses: list[House]) -> list[Answer]:
    """The prices of many."""
    return answers(houses)


def answers(houses: list[House]) -> list[Answer]:
    """One call of the pipeline for all of them."""
    predicted = MODEL.predict(pd.DataFrame([house.model_dump() for house in houses]))
    return [Answer(prediction=value) for value in predicted.tolist()]
