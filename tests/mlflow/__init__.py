"""The sealed folder as a model of the real MLflow: `make mlflow-test`."""
