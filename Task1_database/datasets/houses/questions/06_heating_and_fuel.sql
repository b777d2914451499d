-- Which heating do homes have, and what do they go for?
-- Kinds of which fewer than ten homes were sold are left out.

WITH ranked AS (
    SELECT
        heating,
        fuel,
        price,
        ROUND(1.0 * price / living_area) AS per_foot,
        age,
        ROW_NUMBER() OVER (PARTITION BY heating, fuel ORDER BY price) AS price_place,
        ROW_NUMBER() OVER (
            PARTITION BY heating, fuel ORDER BY ROUND(1.0 * price / living_area)
        ) AS foot_place,
        ROW_NUMBER() OVER (PARTITION BY heating, fuel ORDER BY age) AS age_place,
        COUNT(*) OVER (PARTITION BY heating, fuel) AS homes
    FROM feature_store
)
SELECT
    heating,
    fuel,
    MAX(homes) AS homes,
    MAX(CASE WHEN 2 * age_place BETWEEN homes AND homes + 1 THEN age END) AS typical_age,
    MAX(CASE WHEN 2 * price_place BETWEEN homes AND homes + 1 THEN price END) AS typical_price,
    MAX(CASE WHEN 2 * foot_place BETWEEN homes AND homes + 1 THEN per_foot END)
        AS typical_price_per_square_foot
FROM ranked
WHERE homes >= 10
GROUP BY heating, fuel
ORDER BY MAX(homes) DESC, heating, fuel;
