"""Flask, pandas and scikit-learn: one house by address, files by upload; the point alone."""

from __future__ import annotations

import os

import joblib
import pandas as pd
from flask import Flask, Response, jsonify, request

from benchmarks.peers.house import NAMES, NUMBERS

MODEL = joblib.load(os.environ["PEER_MODEL"])
app = Flask(__name__)


@app.get("/predict")
def predict() -> Response:
    """The price of one house."""
    given = request.args
    house = {name: float(given[name]) if name in NUMBERS else given[name] for name in NAMES}
    return jsonify({"prediction": float(MODEL.predict(pd.DataFrame([house]))[0])})


@app.post("/batch_prediction")
def predict_file() -> Response:
    """The uploaded CSV, with the price of each."""
    table = pd.read_csv(request.stream)
    table["prediction"] = MODEL.predict(table[NAMES])
    return Response(table.to_csv(index=False), mimetype="text/csv")
