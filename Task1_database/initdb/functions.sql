-- How values are written, in messages as Python does and in an answer as questions.py does. All of
-- it lives in _init, which is dropped once all questions are answered.

-- At most 40 characters of a text, in quotes, on one line: Python's repr.
CREATE FUNCTION _init.repr(v LONGTEXT) RETURNS TEXT DETERMINISTIC
RETURN IF(v = '', '''''', (
    WITH RECURSIVE positions AS (
        SELECT 1 AS n UNION ALL SELECT n + 1 FROM positions WHERE n < 40
    ),
    characters AS (
        SELECT
            n,
            SUBSTRING(v, n, 1) AS c,
            LOWER(HEX(CONVERT(SUBSTRING(v, n, 1) USING utf32))) AS code,
            IF(LOCATE('''', LEFT(v, 40)) AND NOT LOCATE('"', LEFT(v, 40)), '"', '''') AS mark
        FROM positions
        WHERE n <= CHAR_LENGTH(v)
    )
    SELECT CONCAT(
        MIN(mark),
        GROUP_CONCAT(CASE
            WHEN c IN ('\', mark) THEN CONCAT('\', c)
            WHEN code = '0000000a' THEN '\n'
            WHEN code = '0000000d' THEN '\r'
            WHEN code = '00000009' THEN '\t'
            WHEN c = ' ' OR NOT c REGEXP '[\p{C}\p{Z}]' THEN c
            WHEN code LIKE '000000%' THEN CONCAT('\x', RIGHT(code, 2))
            WHEN code LIKE '0000%' THEN CONCAT('\u', RIGHT(code, 4))
            ELSE CONCAT('\U', code)
        END ORDER BY n SEPARATOR ''),
        IF(CHAR_LENGTH(v) > 40, '…', ''),
        MIN(mark)
    )
    FROM characters
));

-- How many line endings there are in a text.
CREATE FUNCTION _init.breaks(v LONGTEXT) RETURNS BIGINT DETERMINISTIC
RETURN CHAR_LENGTH(REGEXP_REPLACE(v, '\r\n?|\n', '..')) - CHAR_LENGTH(REGEXP_REPLACE(v, '\r\n?|\n', '.'));

-- A number without an exponent: 2.50, 2.5 and 25E-1 are 2.5. The servers write a double with the
-- fewest digits that give it back, but far from 1 as 1.5e-7, with one digit before the point; and
-- except in JSON MySQL cuts it to 22 characters.
CREATE FUNCTION _init.plain(v DOUBLE) RETURNS TEXT DETERMINISTIC
RETURN (
    WITH texts AS (
        SELECT REGEXP_REPLACE(CAST(JSON_ARRAY(ABS(v)) AS CHAR), '^\[|(\.0)?\]$', '') AS shortest
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
        WHEN v IS NULL THEN NULL
        WHEN LOCATE('e', shortest) = 0 THEN CONCAT(sign, shortest)
        WHEN exponent < 0 THEN CONCAT(sign, '0.', REPEAT('0', -exponent - 1), digits)
        WHEN CHAR_LENGTH(digits) > exponent + 1
            THEN CONCAT(sign, LEFT(digits, exponent + 1), '.', SUBSTRING(digits, exponent + 2))
        ELSE CONCAT(sign, RPAD(digits, exponent + 1, '0'))
    END
    FROM parts
);

-- A double of so many decimals, which is what MariaDB makes of ROUND.
CREATE FUNCTION _init.rounded(decimals INT, v DOUBLE) RETURNS TEXT DETERMINISTIC
RETURN _init.plain(ROUND(v, decimals));

-- A decimal that is whole keeps all its digits; another is told as the nearest double.
CREATE FUNCTION _init.number(v DECIMAL(65, 30)) RETURNS TEXT DETERMINISTIC
RETURN IF(v = TRUNCATE(v, 0), CAST(CAST(v AS DECIMAL(65, 0)) AS CHAR), _init.plain(v));

-- Text as RFC 4180 has it.
CREATE FUNCTION _init.quoted(v LONGTEXT) RETURNS LONGTEXT DETERMINISTIC
RETURN IF(v REGEXP '[",\r\n]', CONCAT('"', REPLACE(v, '"', '""'), '"'), v);

-- The table _init.answer, whose first column numbers its rows, as a CSV with a header.
DELIMITER //
CREATE PROCEDURE _init.print_answer() SQL SECURITY INVOKER
BEGIN
    SELECT
        MAX(IF(ordinal_position = 1, column_name, '')),
        GROUP_CONCAT(
            IF(ordinal_position = 1, NULL, _init.quoted(column_name))
            ORDER BY ordinal_position SEPARATOR ','
        ),
        GROUP_CONCAT(
            IF(ordinal_position = 1, NULL, CONCAT('COALESCE(_init.', CASE
                WHEN data_type NOT IN ('double', 'float', 'decimal') THEN 'quoted('
                WHEN data_type = 'decimal' THEN 'number('
                WHEN numeric_scale > 0 THEN CONCAT('rounded(', numeric_scale, ', ')
                ELSE 'plain('
            END, '"', REPLACE(column_name, '"', '""'), '"), '''')'))
            ORDER BY ordinal_position
        )
    INTO @number, @header, @cells
    FROM information_schema.columns
    WHERE table_schema = '_init' AND table_name = 'answer';
    SET @all_rows = CONCAT(
        'SELECT IF(line = '''', ''""'', line) FROM (SELECT 0 AS n, @header AS line UNION ALL SELECT ',
        @number, ', CONCAT_WS('','', ', @cells, ') FROM _init.answer) AS all_rows ORDER BY n'
    );
    PREPARE all_rows FROM @all_rows;
    EXECUTE all_rows;
END //
DELIMITER ;
