-- How a value is written in an answer, as Task1_database/questions.py has it. They live in _init,
-- which is dropped once all questions are answered.

-- A number without an exponent: 2.50, 2.5 and 25E-1 are 2.5. MySQL writes a double with the fewest
-- digits that give it back, but far from 1 as 1.5e-7, with one digit before the point; and except
-- in JSON it cuts it to 22 characters.
CREATE FUNCTION _init.plain(v DOUBLE) RETURNS TEXT DETERMINISTIC
RETURN (
    WITH texts AS (
        SELECT REGEXP_REPLACE(CAST(CAST(ABS(v) AS JSON) AS CHAR), '\.0\z', '') AS shortest
    ),
    parts AS (
        SELECT
            shortest,
            IF(v < 0, '-', '') AS sign,
            REPLACE(SUBSTRING_INDEX(shortest, 'e', 1), '.', '') AS digits,
            CAST(IF(LOCATE('e', shortest), SUBSTRING_INDEX(shortest, 'e', -1), '0') AS SIGNED)
                AS exponent
        FROM texts
    )
    SELECT CASE
        WHEN LOCATE('e', shortest) = 0 THEN CONCAT(sign, shortest)
        WHEN exponent < 0 THEN CONCAT(sign, '0.', REPEAT('0', -exponent - 1), digits)
        WHEN CHAR_LENGTH(digits) > exponent + 1
            THEN CONCAT(sign, LEFT(digits, exponent + 1), '.', SUBSTRING(digits, exponent + 2))
        ELSE CONCAT(sign, RPAD(digits, exponent + 1, '0'))
    END
    FROM parts
);

-- A decimal that is whole keeps all its digits; another is told as the nearest double.
CREATE FUNCTION _init.number(v DECIMAL(65, 30)) RETURNS TEXT DETERMINISTIC
RETURN IF(v = TRUNCATE(v, 0), CAST(CAST(v AS DECIMAL(65, 0)) AS CHAR), _init.plain(v));

-- Text as RFC 4180 has it.
CREATE FUNCTION _init.quoted(v LONGTEXT) RETURNS LONGTEXT DETERMINISTIC
RETURN IF(REGEXP_LIKE(v, '[",\r\n]'), CONCAT('"', REPLACE(v, '"', '""'), '"'), v);
