-- How much of what income leaves over expenses may the instalment take?
-- The instalment is the amount by the months, without interest. Income, expenses and amount are
-- taken to be in one unit and the first two by the month; the source does not say so.

WITH burdened AS (
    SELECT
        label,
        CASE
            WHEN income <= expenses THEN 'nothing is left over'
            WHEN 100 * amount <= 10 * months * (income - expenses) THEN 'up to 10 %'
            WHEN 100 * amount <= 20 * months * (income - expenses) THEN '10 to 20 %'
            WHEN 100 * amount <= 30 * months * (income - expenses) THEN '20 to 30 %'
            WHEN 100 * amount <= 50 * months * (income - expenses) THEN '30 to 50 %'
            WHEN 100 * amount <= 100 * months * (income - expenses) THEN '50 to 100 %'
            ELSE 'more than all of it'
        END AS instalment_takes,
        CASE WHEN income > expenses THEN 1.0 * amount / months / (income - expenses) END AS burden
    FROM feature_store
    WHERE amount IS NOT NULL AND income IS NOT NULL
)
SELECT
    instalment_takes,
    COUNT(*) AS loans,
    SUM(label) AS turned_bad,
    ROUND(100.0 * SUM(label) / COUNT(*)) AS percent_bad
FROM burdened
GROUP BY instalment_takes
ORDER BY COALESCE(MIN(burden), 1000000);
