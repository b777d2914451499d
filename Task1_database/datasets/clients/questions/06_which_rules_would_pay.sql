-- Which simple rules would have paid: whom to refuse, if a bad loan costs as much as two good ones earn?
-- The gain is counted in what one good loan earns: twice the bad loans refused, less the good ones.

WITH rules AS (
    SELECT 'there are records' AS refuse_if, CASE WHEN records = 'yes' THEN 1 END AS refused, label
    FROM feature_store
    UNION ALL
    SELECT 'works part-time', CASE WHEN job = 'partime' THEN 1 END, label FROM feature_store
    UNION ALL
    SELECT 'in the job for less than a year', CASE WHEN seniority < 1 THEN 1 END, label
    FROM feature_store
    UNION ALL
    SELECT 'younger than 25', CASE WHEN age < 25 THEN 1 END, label FROM feature_store
    UNION ALL
    SELECT 'pays less than 10 % of the price', CASE WHEN 10 * amount > 9 * price THEN 1 END, label
    FROM feature_store
    UNION ALL
    SELECT 'income is not known', CASE WHEN income IS NULL THEN 1 END, label FROM feature_store
    UNION ALL
    SELECT 'everybody', 1, label FROM feature_store
)
SELECT
    refuse_if,
    COUNT(*) AS loans_refused,
    SUM(label) AS bad_refused,
    SUM(1 - label) AS good_refused,
    ROUND(100.0 * SUM(label) / COUNT(*)) AS percent_bad,
    SUM(3 * label - 1) AS gain
FROM rules
WHERE refused = 1
GROUP BY refuse_if
ORDER BY SUM(3 * label - 1) DESC, COUNT(*);
