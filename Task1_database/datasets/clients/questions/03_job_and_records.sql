-- Which jobs go with bad loans, and do records say more than the job?
-- An empty cell stands for fewer than twenty loans.

WITH grouped AS (
    SELECT job, records, COUNT(*) AS loans, SUM(label) AS bad
    FROM feature_store
    WHERE job IS NOT NULL
    GROUP BY job, records
),
shares AS (
    SELECT
        job,
        records,
        loans,
        bad,
        CASE WHEN loans >= 20 THEN ROUND(100.0 * bad / loans) END AS share
    FROM grouped
)
SELECT
    job,
    SUM(loans) AS loans,
    ROUND(100.0 * SUM(bad) / SUM(loans)) AS percent_bad,
    MAX(CASE WHEN records = 'no' THEN share END) AS percent_bad_without_records,
    MAX(CASE WHEN records = 'yes' THEN share END) AS percent_bad_with_records
FROM shares
GROUP BY job
ORDER BY SUM(loans) DESC, job;
