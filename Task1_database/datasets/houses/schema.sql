-- The raw table, with the column names and values of the published CSV.

CREATE TABLE houses (
    rownames        INTEGER      NOT NULL, -- 1 to 1,728, as published
    price           INTEGER      NOT NULL, -- US dollars
    lotSize         DECIMAL(6,2) NOT NULL, -- acres
    age             INTEGER      NOT NULL, -- years
    landValue       INTEGER      NOT NULL, -- US dollars
    livingArea      INTEGER      NOT NULL, -- square feet
    pctCollege      INTEGER      NOT NULL, -- percent of the neighbourhood that graduated from college
    bedrooms        INTEGER      NOT NULL,
    fireplaces      INTEGER      NOT NULL,
    bathrooms       DECIMAL(3,1) NOT NULL, -- a half bathroom has no shower or bath
    rooms           INTEGER      NOT NULL,
    heating         VARCHAR(40)  NOT NULL,
    fuel            VARCHAR(40)  NOT NULL,
    sewer           VARCHAR(40)  NOT NULL,
    waterfront      VARCHAR(3)   NOT NULL, -- Yes or No, as are the two below
    newConstruction VARCHAR(3)   NOT NULL,
    centralAir      VARCHAR(3)   NOT NULL
);
