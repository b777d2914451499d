-- The columns of the table @raw_table, each with a test of a cell `$` and with what such a cell
-- must be: the rules, and the words, of Task1_database/schema.py. Prints what is wrong with the
-- names in the CSV's header (_init.header), if anything is.

DROP TABLE IF EXISTS _init.cells;
CREATE TABLE _init.cells AS
WITH declared AS (
    SELECT
        ordinal_position AS position,
        LOWER(column_name) AS name,
        IF(is_nullable = 'NO', 1, 0) AS required,
        data_type,
        UPPER(column_type) AS full_type,
        character_maximum_length AS longest,
        numeric_scale AS fraction,
        numeric_precision - numeric_scale AS whole,
        CAST(CASE data_type
            WHEN 'smallint' THEN '32767'
            WHEN 'int' THEN '2147483647'
            WHEN 'bigint' THEN '9223372036854775807'
        END AS DECIMAL(20)) AS top
    FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = @raw_table
)
SELECT
    position,
    name,
    required,
    CASE data_type WHEN 'int' THEN 'INTEGER' WHEN 'double' THEN 'DOUBLE PRECISION' ELSE full_type END
        AS type,
    CASE
        WHEN top IS NOT NULL
            THEN CONCAT('a whole number from ', -top - 1, ' to ', top, ', no zeros before it')
        WHEN data_type = 'decimal'
            THEN CONCAT('at most ', whole, ' digits before the point and ', fraction, ' after it')
        WHEN data_type = 'double' THEN 'a number such as 12.5'
        WHEN data_type = 'date' THEN 'a day such as 2024-01-31'
        WHEN data_type = 'text' THEN 'at most 65535 bytes'
        ELSE CONCAT('at most ', longest, ' characters')
    END AS meaning,
    CASE
        WHEN top IS NOT NULL THEN CONCAT(
            'CASE WHEN CHAR_LENGTH($) <= 20 AND REGEXP_LIKE($, ''^(0|-?[1-9][0-9]*)\z'')',
            ' THEN CAST($ AS DECIMAL(20)) BETWEEN ', -top - 1, ' AND ', top, ' ELSE 0 END'
        )
        WHEN data_type = 'decimal' THEN CONCAT(
            'REGEXP_LIKE($, ''^[+-]?(?=\.?[0-9])0*[0-9]{0,', whole, '}(\.[0-9]{0,', fraction,
            '})?\z'')'
        )
        WHEN data_type = 'double' THEN CONCAT(
            'CASE WHEN REGEXP_LIKE($, ''^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\z'', ''i'')',
            ' THEN ABS(CAST($ AS DOUBLE)) < 1.7976931348623157e308 ELSE 0 END'
        )
        WHEN data_type = 'date' THEN CONCAT(
            'CASE WHEN REGEXP_LIKE($, ''^[0-9]{4}-[0-9]{2}-[0-9]{2}\z'') AND $ >= ''0001''',
            ' THEN CAST($ AS DATE) IS NOT NULL ELSE 0 END'
        )
        WHEN data_type = 'text' THEN 'LENGTH($) <= 65535'
        ELSE CONCAT('CHAR_LENGTH($) <= ', longest)
    END AS test
FROM declared;

SELECT CONCAT(@file, ', line 1: ', what, '; expected the columns ', expected)
FROM (
    SELECT place, CONCAT('''', name, ''' is not a column of ', @raw_table) AS what
    FROM _init.header
    WHERE name NOT IN (SELECT name FROM _init.cells)
    UNION ALL
    SELECT MIN(place), CONCAT('column ', name, ' is there ', COUNT(*), ' times')
    FROM _init.header
    GROUP BY name
    HAVING COUNT(*) > 1
    UNION ALL
    SELECT 10000 + position, CONCAT('column ', name, ' is missing')
    FROM _init.cells
    WHERE name NOT IN (SELECT name FROM _init.header)
) AS faults
CROSS JOIN (
    SELECT GROUP_CONCAT(name ORDER BY position SEPARATOR ', ') AS expected FROM _init.cells
) AS table_columns
ORDER BY place
LIMIT 1;
