-- How many loans turn bad, and how much of the money is in them?

WITH sized AS (
    SELECT
        0 AS is_total,
        amount,
        label,
        CASE
            WHEN amount < 500 THEN 'under 500'
            WHEN amount < 1000 THEN '500 to 999'
            WHEN amount < 1500 THEN '1,000 to 1,499'
            WHEN amount < 2000 THEN '1,500 to 1,999'
            ELSE '2,000 and more'
        END AS money_lent
    FROM feature_store
    WHERE amount IS NOT NULL
),
with_total AS (
    SELECT is_total, amount, label, money_lent FROM sized
    UNION ALL
    SELECT 1, amount, label, 'all loans' FROM sized
)
SELECT
    money_lent,
    COUNT(*) AS loans,
    SUM(label) AS turned_bad,
    ROUND(100.0 * SUM(label) / COUNT(*)) AS percent_bad,
    SUM(amount) AS money,
    SUM(label * amount) AS money_in_bad_loans,
    ROUND(100.0 * SUM(label * amount) / SUM(amount)) AS percent_of_money
FROM with_total
GROUP BY is_total, money_lent
ORDER BY is_total, MIN(amount);
