-- Which ten homes went for the least, compared with the typical price of homes of their size?
-- Of the same size are homes with as many hundreds of square feet, given at least ten of them.
-- Prices this far below the rest may not be those of an open sale.

WITH sized AS (
    SELECT
        row_id,
        living_area,
        bedrooms,
        age,
        land_value,
        price,
        FLOOR(living_area / 100.0) AS hundreds
    FROM feature_store
),
ranked AS (
    SELECT
        row_id,
        living_area,
        bedrooms,
        age,
        land_value,
        price,
        hundreds,
        ROW_NUMBER() OVER (PARTITION BY hundreds ORDER BY price) AS place,
        COUNT(*) OVER (PARTITION BY hundreds) AS homes
    FROM sized
),
typical AS (
    SELECT hundreds, price
    FROM ranked
    WHERE homes >= 10 AND 2 * place BETWEEN homes AND homes + 1
)
SELECT
    ranked.row_id AS home,
    ranked.living_area AS square_feet,
    ranked.bedrooms,
    ranked.age AS years_old,
    ranked.land_value,
    ranked.price,
    typical.price AS typical_price,
    ROUND(100.0 - 100.0 * ranked.price / typical.price) AS percent_below
FROM ranked
INNER JOIN typical ON ranked.hundreds = typical.hundreds
ORDER BY 1.0 * ranked.price / typical.price, ranked.row_id
LIMIT 10;
