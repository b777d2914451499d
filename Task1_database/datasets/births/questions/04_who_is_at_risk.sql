-- Is there a group in which premature births are surely more frequent than in the rest?
-- The difference is in percentage points, with its 95 % interval: only where that does not hold 0 is
-- there more than chance to see. One group in twenty would seem so by chance alone.

WITH told AS (
    SELECT 1 AS line, 'the mother smokes' AS who,
        CASE habit WHEN 'smoker' THEN 1 WHEN 'nonsmoker' THEN 0 END AS inside, premie
    FROM births
    UNION ALL
    SELECT 2, 'the mother is under 20', CASE WHEN mage < 20 THEN 1 ELSE 0 END, premie FROM births
    UNION ALL
    SELECT 3, 'the mother is 35 or older', CASE WHEN mage >= 35 THEN 1 ELSE 0 END, premie
    FROM births
    UNION ALL
    SELECT 4, 'the mother is not married', CASE WHEN marital = 'married' THEN 0 ELSE 1 END, premie
    FROM births
    UNION ALL
    SELECT 5, 'the mother is not white', CASE WHEN whitemom = 'white' THEN 0 ELSE 1 END, premie
    FROM births
    UNION ALL
    SELECT 6, 'the father is 40 or older', CASE WHEN fage >= 40 THEN 1 WHEN fage < 40 THEN 0 END,
        premie
    FROM births
    UNION ALL
    SELECT 7, 'the father''s age is not told', CASE WHEN fage IS NULL THEN 1 ELSE 0 END, premie
    FROM births
    UNION ALL
    SELECT 8, 'it is a boy', CASE WHEN sex = 'male' THEN 1 ELSE 0 END, premie FROM births
),
counted AS (
    SELECT
        line,
        who,
        1e0 * SUM(inside) AS in_it,
        1e0 * SUM(1 - inside) AS outside,
        1e0 * SUM(CASE WHEN premie = 'premie' THEN inside ELSE 0 END) AS early_in_it,
        1e0 * SUM(CASE WHEN premie = 'premie' THEN 1 - inside ELSE 0 END) AS early_outside
    FROM told
    WHERE inside IS NOT NULL
    GROUP BY line, who
),
shares AS (
    SELECT line, who, in_it, outside, early_in_it / in_it AS p, early_outside / outside AS q
    FROM counted
),
compared AS (
    SELECT
        line,
        who,
        in_it,
        p,
        q,
        1.96 * SQRT(p * (1 - p) / in_it + q * (1 - q) / outside) AS reach
    FROM shares
)
SELECT
    who,
    in_it AS births,
    ROUND(100 * p) AS percent_premature,
    ROUND(100 * q) AS percent_in_the_rest,
    ROUND(1000 * (p - q)) / 10 AS difference,
    ROUND(1000 * (p - q - reach)) / 10 AS at_least,
    ROUND(1000 * (p - q + reach)) / 10 AS at_most
FROM compared
ORDER BY p - q DESC;
