-- What does a house cost, by its size?
-- A quarter of the homes sold for the low price or less, half for the typical price or less,
-- three quarters for the high price or less.

WITH sized AS (
    SELECT
        living_area,
        price,
        CASE
            WHEN living_area < 1000 THEN 'under 1,000'
            WHEN living_area < 1500 THEN '1,000 to 1,499'
            WHEN living_area < 2000 THEN '1,500 to 1,999'
            WHEN living_area < 2500 THEN '2,000 to 2,499'
            WHEN living_area < 3000 THEN '2,500 to 2,999'
            ELSE '3,000 and more'
        END AS square_feet
    FROM feature_store
),
ranked AS (
    SELECT
        square_feet,
        living_area,
        price,
        ROW_NUMBER() OVER (PARTITION BY square_feet ORDER BY price) AS place,
        COUNT(*) OVER (PARTITION BY square_feet) AS homes
    FROM sized
)
SELECT
    square_feet,
    MAX(homes) AS homes,
    MAX(CASE WHEN 4 * place BETWEEN homes AND homes + 3 THEN price END) AS low_price,
    MAX(CASE WHEN 2 * place BETWEEN homes AND homes + 1 THEN price END) AS typical_price,
    MAX(CASE WHEN 4 * place BETWEEN 3 * homes AND 3 * homes + 3 THEN price END) AS high_price
FROM ranked
GROUP BY square_feet
ORDER BY MIN(living_area);
