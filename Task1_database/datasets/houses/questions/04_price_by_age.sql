-- Are old houses cheaper per square foot?

WITH aged AS (
    SELECT
        age,
        living_area,
        ROUND(1.0 * price / living_area) AS per_foot,
        CASE
            WHEN age < 5 THEN 'under 5'
            WHEN age < 10 THEN '5 to 9'
            WHEN age < 20 THEN '10 to 19'
            WHEN age < 40 THEN '20 to 39'
            WHEN age < 80 THEN '40 to 79'
            ELSE '80 and more'
        END AS years_old
    FROM feature_store
),
ranked AS (
    SELECT
        years_old,
        age,
        living_area,
        per_foot,
        ROW_NUMBER() OVER (PARTITION BY years_old ORDER BY living_area) AS size_place,
        ROW_NUMBER() OVER (PARTITION BY years_old ORDER BY per_foot) AS foot_place,
        COUNT(*) OVER (PARTITION BY years_old) AS homes
    FROM aged
)
SELECT
    years_old,
    MAX(homes) AS homes,
    MAX(CASE WHEN 2 * size_place BETWEEN homes AND homes + 1 THEN living_area END)
        AS typical_square_feet,
    MAX(CASE WHEN 4 * foot_place BETWEEN homes AND homes + 3 THEN per_foot END)
        AS low_price_per_square_foot,
    MAX(CASE WHEN 2 * foot_place BETWEEN homes AND homes + 1 THEN per_foot END)
        AS typical_price_per_square_foot,
    MAX(CASE WHEN 4 * foot_place BETWEEN 3 * homes AND 3 * homes + 3 THEN per_foot END)
        AS high_price_per_square_foot
FROM ranked
GROUP BY years_old
ORDER BY MIN(age);
