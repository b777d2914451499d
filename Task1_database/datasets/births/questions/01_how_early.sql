-- How early do children come, and how small are they then?
-- Weights are in pounds; half of the babies weigh the typical weight or less. A low birth weight is
-- under 5.5 pounds.

WITH timed AS (
    SELECT
        weeks,
        weight,
        CASE WHEN lowbirthweight = 'low' THEN 1 ELSE 0 END AS low,
        CASE
            WHEN weeks < 28 THEN 'under 28: extremely early'
            WHEN weeks < 32 THEN '28 to 31: very early'
            WHEN weeks < 37 THEN '32 to 36: early'
            WHEN weeks < 39 THEN '37 to 38'
            WHEN weeks < 41 THEN '39 to 40'
            ELSE '41 and more'
        END AS weeks_of_pregnancy
    FROM births
),
ranked AS (
    SELECT
        weeks_of_pregnancy,
        weeks,
        weight,
        low,
        ROW_NUMBER() OVER (PARTITION BY weeks_of_pregnancy ORDER BY weight) AS place,
        COUNT(*) OVER (PARTITION BY weeks_of_pregnancy) AS births
    FROM timed
)
SELECT
    weeks_of_pregnancy,
    MAX(births) AS births_in_a_thousand,
    MAX(CASE WHEN 2 * place BETWEEN births AND births + 1 THEN weight END) AS typical_weight,
    MIN(weight) AS lightest,
    ROUND(100.0 * SUM(low) / MAX(births)) AS percent_of_low_weight
FROM ranked
GROUP BY weeks_of_pregnancy
ORDER BY MIN(weeks);
