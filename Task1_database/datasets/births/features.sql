-- One row a birth: what can be told while a child is expected, and last whether it came too early.
--
-- Kept out is all that is known only when the pregnancy is over: dataset.toml says why for each.
-- What is missing stays missing.

CREATE TABLE feature_store AS
SELECT
    rownames AS row_id,
    mage     AS mother_age,
    fage     AS father_age,
    habit    AS smoking,
    marital  AS marital,
    whitemom AS mother_race,
    sex      AS sex,
    premie   AS premie
FROM births;
