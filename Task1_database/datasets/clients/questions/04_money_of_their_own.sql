-- Does it help if clients pay a part of the price themselves?

WITH shared AS (
    SELECT
        amount,
        price,
        label,
        CASE
            WHEN 100 * amount <= 50 * price THEN 'half or more'
            WHEN 100 * amount <= 70 * price THEN '30 % to under half'
            WHEN 100 * amount <= 80 * price THEN '20 % to under 30 %'
            WHEN 100 * amount <= 90 * price THEN '10 % to under 20 %'
            ELSE 'under 10 %'
        END AS paid_by_the_client,
        1.0 * amount / price AS lent
    FROM feature_store
    WHERE amount IS NOT NULL
),
ranked AS (
    SELECT
        paid_by_the_client,
        amount,
        label,
        lent,
        ROW_NUMBER() OVER (PARTITION BY paid_by_the_client ORDER BY amount) AS place,
        COUNT(*) OVER (PARTITION BY paid_by_the_client) AS loans
    FROM shared
)
SELECT
    paid_by_the_client,
    MAX(loans) AS loans,
    MAX(CASE WHEN 2 * place BETWEEN loans AND loans + 1 THEN amount END) AS typical_amount,
    SUM(label) AS turned_bad,
    ROUND(100.0 * SUM(label) / MAX(loans)) AS percent_bad
FROM ranked
GROUP BY paid_by_the_client
ORDER BY MIN(lent);
