-- What goes with smoking?
-- Weights are in pounds, those of babies born at term apart, because babies who come early are small
-- in any case.

WITH told AS (
    SELECT
        COALESCE(habit, 'not told') AS mother,
        CASE WHEN premie = 'premie' THEN 1 ELSE 0 END AS early,
        CASE WHEN lowbirthweight = 'low' THEN 1 ELSE 0 END AS low,
        CASE WHEN premie <> 'premie' THEN weight END AS weight
    FROM births
),
ranked AS (
    SELECT
        mother,
        early,
        low,
        weight,
        ROW_NUMBER() OVER (PARTITION BY mother, early ORDER BY weight) AS place,
        COUNT(weight) OVER (PARTITION BY mother) AS weighed
    FROM told
)
SELECT
    mother,
    COUNT(*) AS births,
    ROUND(100.0 * SUM(early) / COUNT(*)) AS percent_premature,
    ROUND(100.0 * SUM(low) / COUNT(*)) AS percent_of_low_weight,
    MAX(CASE WHEN 2 * place BETWEEN weighed AND weighed + 1 THEN weight END)
        AS typical_weight_at_term
FROM ranked
GROUP BY mother
ORDER BY COUNT(*) DESC;
