"""The DAGs of examples/airflow, run by the real Airflow: `make airflow-test`."""
