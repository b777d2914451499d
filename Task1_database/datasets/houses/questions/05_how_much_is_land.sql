-- How much of the price is the land?
-- The share is the value of the land in percent of what the home sold for.

WITH plots AS (
    SELECT
        lot_size,
        land_value,
        ROUND(100.0 * land_value / price) AS share,
        CASE
            WHEN lot_size < 0.25 THEN 'under 1/4'
            WHEN lot_size < 0.5 THEN '1/4 to 1/2'
            WHEN lot_size < 1 THEN '1/2 to 1'
            WHEN lot_size < 2 THEN '1 to 2'
            ELSE '2 and more'
        END AS acres
    FROM feature_store
),
ranked AS (
    SELECT
        acres,
        lot_size,
        land_value,
        share,
        ROW_NUMBER() OVER (PARTITION BY acres ORDER BY land_value) AS value_place,
        ROW_NUMBER() OVER (PARTITION BY acres ORDER BY share) AS share_place,
        COUNT(*) OVER (PARTITION BY acres) AS homes
    FROM plots
)
SELECT
    acres,
    MAX(homes) AS homes,
    MAX(CASE WHEN 2 * value_place BETWEEN homes AND homes + 1 THEN land_value END)
        AS typical_land_value,
    MAX(CASE WHEN 2 * share_place BETWEEN homes AND homes + 1 THEN share END)
        AS typical_percent_of_price,
    MAX(CASE WHEN 10 * share_place BETWEEN 9 * homes AND 9 * homes + 9 THEN share END)
        AS percent_at_most_in_nine_of_ten
FROM ranked
GROUP BY acres
ORDER BY MIN(lot_size);
