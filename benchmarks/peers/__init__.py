"""What people use today: one scikit-learn pipeline behind FastAPI, Flask with pandas, or MLflow."""
