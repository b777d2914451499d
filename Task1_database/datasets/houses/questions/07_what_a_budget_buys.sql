-- What does my budget buy?
-- The typical home among those that sold for up to 10 % less than the budget.

WITH budgets AS (
    SELECT 100000 AS budget
    UNION ALL SELECT 150000
    UNION ALL SELECT 200000
    UNION ALL SELECT 250000
    UNION ALL SELECT 300000
    UNION ALL SELECT 400000
    UNION ALL SELECT 500000
),
ranked AS (
    SELECT
        budget,
        living_area,
        lot_size,
        age,
        bedrooms,
        bathrooms,
        ROW_NUMBER() OVER (PARTITION BY budget ORDER BY living_area) AS area_place,
        ROW_NUMBER() OVER (PARTITION BY budget ORDER BY lot_size) AS lot_place,
        ROW_NUMBER() OVER (PARTITION BY budget ORDER BY age) AS age_place,
        ROW_NUMBER() OVER (PARTITION BY budget ORDER BY bedrooms) AS bedroom_place,
        ROW_NUMBER() OVER (PARTITION BY budget ORDER BY bathrooms) AS bathroom_place,
        COUNT(*) OVER (PARTITION BY budget) AS homes
    FROM budgets
    INNER JOIN feature_store ON 10 * price BETWEEN 9 * budget AND 10 * budget
)
SELECT
    budget,
    MAX(homes) AS homes,
    MAX(CASE WHEN 2 * area_place BETWEEN homes AND homes + 1 THEN living_area END) AS square_feet,
    MAX(CASE WHEN 2 * bedroom_place BETWEEN homes AND homes + 1 THEN bedrooms END) AS bedrooms,
    MAX(CASE WHEN 2 * bathroom_place BETWEEN homes AND homes + 1 THEN bathrooms END) AS bathrooms,
    MAX(CASE WHEN 2 * lot_place BETWEEN homes AND homes + 1 THEN lot_size END) AS acres,
    MAX(CASE WHEN 2 * age_place BETWEEN homes AND homes + 1 THEN age END) AS years_old
FROM ranked
GROUP BY budget
ORDER BY budget;
