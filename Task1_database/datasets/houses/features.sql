-- One row a home: what a buyer or seller can tell about it, and last the price it was sold for.

CREATE TABLE feature_store AS
SELECT
    rownames        AS row_id,
    livingArea      AS living_area,
    lotSize         AS lot_size,
    age             AS age,
    landValue       AS land_value,
    pctCollege      AS pct_college,
    bedrooms        AS bedrooms,
    fireplaces      AS fireplaces,
    bathrooms       AS bathrooms,
    rooms           AS rooms,
    heating         AS heating,
    fuel            AS fuel,
    sewer           AS sewer,
    waterfront      AS waterfront,
    newConstruction AS new_construction,
    centralAir      AS central_air,
    price           AS price
FROM houses;
