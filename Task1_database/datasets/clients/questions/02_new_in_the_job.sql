-- Are people who are new in their job a greater risk?
-- The share of bad loans is uncertain where loans are few: with 95 % confidence it is in truth
-- between the two last columns (Wilson's interval).

WITH grouped AS (
    SELECT
        CASE
            WHEN seniority < 1 THEN 'under 1'
            WHEN seniority < 3 THEN '1 to 2'
            WHEN seniority < 6 THEN '3 to 5'
            WHEN seniority < 11 THEN '6 to 10'
            WHEN seniority < 21 THEN '11 to 20'
            ELSE '21 and more'
        END AS years_in_the_job,
        MIN(seniority) AS line,
        COUNT(*) AS loans,
        1e0 * SUM(label) AS bad
    FROM feature_store
    WHERE seniority IS NOT NULL
    GROUP BY 1
),
estimated AS (
    SELECT
        years_in_the_job,
        line,
        loans,
        bad,
        (bad + 1.92) / (loans + 3.84) AS middle,
        1.96 * SQRT(bad * (loans - bad) / loans + 0.96) / (loans + 3.84) AS reach
    FROM grouped
)
SELECT
    years_in_the_job,
    loans,
    ROUND(100 * bad / loans) AS percent_bad,
    ROUND(100 * (middle - reach)) AS at_least,
    ROUND(100 * (middle + reach)) AS at_most
FROM estimated
ORDER BY line;
