-- Does the mother's age make a premature birth more likely?
-- The share is uncertain where births are few: with 95 % confidence it is in truth between the two
-- last columns (Wilson's interval).

WITH grouped AS (
    SELECT
        CASE
            WHEN mother_age < 20 THEN 'under 20'
            WHEN mother_age < 25 THEN '20 to 24'
            WHEN mother_age < 30 THEN '25 to 29'
            WHEN mother_age < 35 THEN '30 to 34'
            WHEN mother_age < 40 THEN '35 to 39'
            ELSE '40 and more'
        END AS age_of_the_mother,
        MIN(mother_age) AS line,
        COUNT(*) AS births,
        1e0 * COUNT(CASE WHEN premie = 'premie' THEN 1 END) AS early
    FROM feature_store
    GROUP BY 1
),
estimated AS (
    SELECT
        age_of_the_mother,
        line,
        births,
        early,
        (early + 1.92) / (births + 3.84) AS middle,
        1.96 * SQRT(early * (births - early) / births + 0.96) / (births + 3.84) AS reach
    FROM grouped
)
SELECT
    age_of_the_mother,
    births,
    early AS premature,
    ROUND(100 * early / births) AS percent_premature,
    ROUND(100 * (middle - reach)) AS at_least,
    ROUND(100 * (middle + reach)) AS at_most
FROM estimated
ORDER BY line;
