-- One row a loan: what was asked for, who asked, and last whether it turned bad (1) or not (0).
--
-- A client without a sale has no outcome to learn from, and a sale without its client no profile:
-- only those in both tables are kept.
-- What is missing stays missing. The home 'ignore' is the source's own word for not known.
-- A loan above the price, no income at all, and a job begun before the age of 14 are taken for
-- slips of the pen: that one value is then not known. The published rows hold none of them.

CREATE TABLE feature_store AS
SELECT
    clients.client_id                                               AS row_id,
    CASE WHEN sales.amount <= sales.price THEN sales.amount END     AS amount,
    sales.price                                                     AS price,
    sales.time                                                      AS months,
    CASE WHEN clients.income > 0 THEN clients.income END            AS income,
    clients.expenses                                                AS expenses,
    clients.assets                                                  AS assets,
    clients.debt                                                    AS debt,
    clients.job                                                     AS job,
    CASE WHEN clients.age - clients.seniority >= 14 THEN clients.seniority END AS seniority,
    clients.age                                                     AS age,
    clients.marital                                                 AS marital,
    NULLIF(clients.home, 'ignore')                                  AS home,
    clients.records                                                 AS records,
    CASE sales.status WHEN 'bad' THEN 1 WHEN 'good' THEN 0 END      AS label
FROM client_data AS clients
INNER JOIN sales_data AS sales ON clients.client_id = sales.client_id;
