-- What do homes with an extra go for, compared with those without it?

WITH extras AS (
    SELECT 1 AS place_in_list, 'waterfront' AS extra, waterfront AS has_it, price, living_area
    FROM feature_store
    UNION ALL
    SELECT 2, 'new construction', new_construction, price, living_area FROM feature_store
    UNION ALL
    SELECT 3, 'central air', central_air, price, living_area FROM feature_store
    UNION ALL
    SELECT 4, 'fireplace', CASE WHEN fireplaces > 0 THEN 'Yes' ELSE 'No' END, price, living_area
    FROM feature_store
    UNION ALL
    SELECT 5, 'public sewer', CASE WHEN sewer = 'public/commercial' THEN 'Yes' ELSE 'No' END,
        price, living_area
    FROM feature_store
),
ranked AS (
    SELECT
        place_in_list,
        extra,
        has_it,
        price,
        ROUND(1.0 * price / living_area) AS per_foot,
        ROW_NUMBER() OVER (PARTITION BY place_in_list, has_it ORDER BY price) AS price_place,
        ROW_NUMBER() OVER (
            PARTITION BY place_in_list, has_it ORDER BY ROUND(1.0 * price / living_area)
        ) AS foot_place,
        COUNT(*) OVER (PARTITION BY place_in_list, has_it) AS homes
    FROM extras
),
middle AS (
    SELECT
        place_in_list,
        extra,
        has_it,
        MAX(homes) AS homes,
        MAX(CASE WHEN 2 * price_place BETWEEN homes AND homes + 1 THEN price END) AS price,
        MAX(CASE WHEN 2 * foot_place BETWEEN homes AND homes + 1 THEN per_foot END) AS per_foot
    FROM ranked
    GROUP BY place_in_list, extra, has_it
)
SELECT
    extra,
    MAX(CASE WHEN has_it = 'Yes' THEN homes END) AS homes_with_it,
    MAX(CASE WHEN has_it = 'Yes' THEN price END) AS typical_price_with_it,
    MAX(CASE WHEN has_it = 'No' THEN price END) AS typical_price_without,
    MAX(CASE WHEN has_it = 'Yes' THEN per_foot END) AS per_square_foot_with_it,
    MAX(CASE WHEN has_it = 'No' THEN per_foot END) AS per_square_foot_without
FROM middle
GROUP BY place_in_list, extra
ORDER BY place_in_list;
