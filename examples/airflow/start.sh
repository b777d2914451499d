#!/bin/sh
# Airflow, all of it in one process group: database, scheduler, DAG processor and page.
#   AIRFLOW_HOME=… AIRFLOW_PASSWORD=… examples/airflow/start.sh /folder/of/airflow/bin
# There is one user, admin; without a password it does not start.
set -eu
: "${AIRFLOW_HOME:?}" "${AIRFLOW_PASSWORD:?}"
umask 077
PATH=$1:$PATH # Airflow starts its parts by name
export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE="$AIRFLOW_HOME/passwords.json"
python -c 'import json, os; print(json.dumps({"admin": os.environ["AIRFLOW_PASSWORD"]}))' \
  > "$AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"
unset AIRFLOW_PASSWORD # no task needs it
exec airflow standalone
