-- How many visits and how much weight go with a pregnancy of so many weeks?
-- Both are totals, complete only at the birth. A pregnancy that ends early leaves time for fewer
-- visits, so a model that was told them would know the end before it came.

WITH timed AS (
    SELECT
        weeks,
        visits,
        gained,
        CASE
            WHEN weeks < 33 THEN 'under 33'
            WHEN weeks < 35 THEN '33 to 34'
            WHEN weeks < 37 THEN '35 to 36'
            WHEN weeks < 39 THEN '37 to 38'
            WHEN weeks < 41 THEN '39 to 40'
            ELSE '41 and more'
        END AS weeks_of_pregnancy
    FROM births
    WHERE visits IS NOT NULL AND gained IS NOT NULL
),
ranked AS (
    SELECT
        weeks_of_pregnancy,
        weeks,
        visits,
        gained,
        ROW_NUMBER() OVER (PARTITION BY weeks_of_pregnancy ORDER BY visits) AS visits_place,
        ROW_NUMBER() OVER (PARTITION BY weeks_of_pregnancy ORDER BY gained) AS gained_place,
        COUNT(*) OVER (PARTITION BY weeks_of_pregnancy) AS births
    FROM timed
)
SELECT
    weeks_of_pregnancy,
    MAX(births) AS births,
    MAX(CASE WHEN 2 * visits_place BETWEEN births AND births + 1 THEN visits END)
        AS typical_visits,
    MAX(CASE WHEN 2 * gained_place BETWEEN births AND births + 1 THEN gained END)
        AS typical_pounds_gained
FROM ranked
GROUP BY weeks_of_pregnancy
ORDER BY MIN(weeks);
