-- The two raw tables, with the values of the published CSV. An empty cell is a value not known.

CREATE TABLE client_data (
    client_id INTEGER     NOT NULL, -- 1 to 4,454: the row's number, as published
    seniority INTEGER     NOT NULL, -- years in the job
    home      VARCHAR(20),          -- rent, owner, parents, priv, other, ignore
    age       INTEGER     NOT NULL, -- years
    marital   VARCHAR(20),          -- single, married, separated, divorced, widow
    records   VARCHAR(3)  NOT NULL, -- yes or no
    job       VARCHAR(20),          -- fixed, partime, freelance, others
    expenses  INTEGER     NOT NULL, -- money, in a unit that the source does not name
    income    INTEGER,              -- the same
    assets    INTEGER,              -- the same
    debt      INTEGER               -- the same
);

CREATE TABLE sales_data (
    client_id INTEGER     NOT NULL,
    amount    INTEGER     NOT NULL, -- money that was lent
    price     INTEGER     NOT NULL, -- what the thing bought with it cost
    time      INTEGER     NOT NULL, -- months to pay it back
    status    VARCHAR(10) NOT NULL  -- good or bad: how the loan went
);
