-- What does one more bedroom add to the typical price of a house of the same size?
-- An empty cell stands for fewer than ten homes.

WITH sized AS (
    SELECT
        living_area,
        price,
        CASE WHEN bedrooms < 4 THEN bedrooms ELSE 4 END AS beds,
        CASE
            WHEN living_area < 1250 THEN '1,000 to 1,249'
            WHEN living_area < 1500 THEN '1,250 to 1,499'
            WHEN living_area < 1750 THEN '1,500 to 1,749'
            WHEN living_area < 2000 THEN '1,750 to 1,999'
            WHEN living_area < 2250 THEN '2,000 to 2,249'
            ELSE '2,250 to 2,499'
        END AS square_feet
    FROM feature_store
    WHERE living_area BETWEEN 1000 AND 2499 AND bedrooms > 1
),
ranked AS (
    SELECT
        square_feet,
        living_area,
        beds,
        price,
        ROW_NUMBER() OVER (PARTITION BY square_feet, beds ORDER BY price) AS place,
        COUNT(*) OVER (PARTITION BY square_feet, beds) AS homes
    FROM sized
),
middle AS (
    SELECT
        square_feet,
        MIN(living_area) OVER (PARTITION BY square_feet) AS size_order,
        beds,
        CASE WHEN homes >= 10 AND 2 * place BETWEEN homes AND homes + 1 THEN price END AS typical
    FROM ranked
)
SELECT
    square_feet,
    COUNT(*) AS homes,
    MAX(CASE WHEN beds = 2 THEN typical END) AS price_2_bedrooms,
    MAX(CASE WHEN beds = 3 THEN typical END) AS price_3_bedrooms,
    MAX(CASE WHEN beds = 4 THEN typical END) AS price_4_or_more_bedrooms
FROM middle
GROUP BY square_feet, size_order
ORDER BY size_order;
