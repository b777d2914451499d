# The service as one image, and the stages on the way there. From the repository's root:
#   docker build --tag tablecast .                     a model of houses, trained here, and served
#   docker build --tag tablecast --build-arg DATASET=clients .
#   docker build --tag tablecast --build-arg DATASET=boats --build-context dataset=/my/boats .
#   docker build --tag tablecast --build-arg MORE="clients births" .     three models: /houses/, …
# docker-compose.yml uses the stages `service`, `trainer`, `notebook` and `airflow` by themselves.

ARG PYTHON=3.13
ARG DATASET=houses

# The dataset's folder: of Task1_database/datasets, or the build context of that name.
FROM scratch AS dataset
ARG DATASET
COPY Task1_database/datasets/${DATASET}/ /

# What serves: Flask, gunicorn and NumPy, nothing of the training stack. A model of one's own that
# is no forest wants `--build-arg SERVING=serve-onnx`.
FROM python:${PYTHON}-slim AS serving-packages
ARG SERVING=serve
COPY requirements/${SERVING}.txt /tmp/serve.txt
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv install --no-cache-dir --require-hashes -r /tmp/serve.txt

# What trains: all of Tablecast, with the drivers of every database.
FROM python:${PYTHON}-slim AS trainer
COPY requirements/train.txt /tmp/
RUN python -m venv --without-pip /opt/venv \
 && pip --python /opt/venv install --no-cache-dir --require-hashes -r /tmp/train.txt
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 TABLECAST_HOME=/tablecast
COPY . /src
ARG DATASET
COPY --from=dataset / /src/Task1_database/datasets/${DATASET}/
RUN pip --python /opt/venv install --no-cache-dir --no-deps --no-build-isolation /src \
 && useradd --uid 10001 --no-create-home tablecast \
 && install -d -o 10001 -g 10001 /tablecast
WORKDIR /tablecast
USER 10001
ENTRYPOINT ["tablecast"]

# The same, to explore and to write models in: Jupyter on port 8888.
FROM trainer AS notebook
USER 0
COPY requirements/notebook.txt /tmp/
RUN pip --python /opt/venv install --no-cache-dir --require-hashes -r /tmp/notebook.txt \
 && install -d -o 10001 -g 10001 /notebooks
WORKDIR /notebooks
USER 10001
EXPOSE 8888
ENTRYPOINT ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--ServerApp.root_dir=/notebooks"]

# Airflow, which must not share an environment with anything.
FROM python:${PYTHON}-slim AS airflow-packages
COPY examples/airflow/requirements.txt /tmp/airflow.txt
RUN python -m venv --without-pip /opt/airflow \
 && pip --python /opt/airflow install --no-cache-dir --require-hashes -r /tmp/airflow.txt

# The DAGs of examples/airflow on their schedule, with a page on port 8082.
FROM trainer AS airflow
USER 0
COPY --from=airflow-packages /opt/airflow /opt/airflow
RUN install -d -o 10001 -g 10001 /airflow
ARG DATASET
ENV AIRFLOW_HOME=/airflow TABLECAST=/opt/venv/bin/tablecast \
    TABLECAST_DATASETS=/src/Task1_database/datasets/${DATASET} \
    AIRFLOW__CORE__DAGS_FOLDER=/src/examples/airflow/dags AIRFLOW__CORE__LOAD_EXAMPLES=false \
    AIRFLOW__API__PORT=8082 AIRFLOW__CORE__PARALLELISM=4
WORKDIR /airflow
USER 10001
EXPOSE 8082
ENTRYPOINT ["/bin/sh", "/src/examples/airflow/start.sh", "/opt/airflow/bin"]

# One dataset, or MORE: loaded into DuckDB, trained, checked and sealed.
FROM trainer AS sealed
ARG DATASET
ARG MORE=""
RUN for name in $DATASET $MORE; do tablecast run --no-serve "$name" || exit 1; done \
 && if [ -n "$MORE" ]; then mv models model; else mv "models/$DATASET" model; fi \
 && rm -r databases results

# The service without a model: MODELS, or MODEL_DIR, says where one is.
FROM python:${PYTHON}-slim AS service
RUN useradd --uid 10001 --no-create-home tablecast \
 && install -d -o 10001 -g 10001 /tablecast
COPY --from=serving-packages /opt/venv /opt/venv
WORKDIR /app
COPY Task1_database/__init__.py Task1_database/errors.py Task1_database/file_system.py \
     Task1_database/literals.py Task1_database/progress.py Task1_database/scratch_folder.py \
     Task1_database/whole_file.py Task1_database/
COPY Task1_database/keep/ Task1_database/keep/
COPY Task1_database/files/ Task1_database/files/
COPY Task2_model/__init__.py Task2_model/artifact.py Task2_model/calibration.py \
     Task2_model/conformal.py Task2_model/conformal_interval.py Task2_model/conformal_set.py \
     Task2_model/contract.py Task2_model/dask_client.py Task2_model/ensemble.py \
     Task2_model/forest.py \
     Task2_model/forest_file.py \
     Task2_model/formatting.py Task2_model/graph.py Task2_model/manifest.py \
     Task2_model/mask_conditional.py Task2_model/mask_table.py \
     Task2_model/onnx_audit.py Task2_model/parent_watch.py Task2_model/probability_map.py Task2_model/quantile_cache.py \
     Task2_model/small_forest.py Task2_model/subset_ridge.py \
     Task2_model/versions.py \
     Task2_model/
COPY Task3_api/ Task3_api/
RUN /opt/venv/bin/python -m compileall -q Task1_database Task2_model Task3_api
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1
USER 10001
EXPOSE 5000
# Uploads are spooled here; as a volume it can be written to where all else is read-only.
VOLUME /tmp
HEALTHCHECK --start-period=30s --interval=2s --timeout=5s --retries=3 \
  CMD ["python", "-m", "Task3_api.server.health_check"]
CMD ["python", "-m", "Task3_api.server"]

# The service with its model.
FROM service
ENV MODELS=/app/model
COPY --from=sealed /tablecast/model model
# A model that cannot be served fails here, and not where it is released.
RUN ["python", "-c", "from Task3_api.app import create_app; \
assert 'not_served' not in create_app().test_client().get('/readyz').json"]
