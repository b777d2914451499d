-- The raw table, with the column names and values of the published CSV.
-- An empty cell is a value not known.

CREATE TABLE births (
    rownames       INTEGER      NOT NULL, -- 1 to 1,000, as published
    fage           INTEGER,               -- the father's age in years
    mage           INTEGER      NOT NULL, -- the mother's
    mature         VARCHAR(20)  NOT NULL, -- mature mom from 35 years on, else younger mom
    weeks          INTEGER      NOT NULL, -- how long the pregnancy lasted
    premie         VARCHAR(20)  NOT NULL, -- premie before 37 weeks, else full term
    visits         INTEGER,               -- to the hospital during the pregnancy
    gained         INTEGER,               -- pounds that the mother gained during the pregnancy
    weight         DECIMAL(4,2) NOT NULL, -- pounds that the baby weighed
    lowbirthweight VARCHAR(20)  NOT NULL, -- low or not low
    sex            VARCHAR(20)  NOT NULL, -- male or female
    habit          VARCHAR(20),           -- smoker or nonsmoker
    marital        VARCHAR(20)  NOT NULL, -- married or not married
    whitemom       VARCHAR(20)  NOT NULL  -- white or not white
);
