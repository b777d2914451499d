-- Prints the table _init.answer, whose rows are numbered by _n, as a CSV with a header.

SELECT
    GROUP_CONCAT(_init.quoted(column_name) ORDER BY ordinal_position SEPARATOR ','),
    GROUP_CONCAT(
        'COALESCE(',
        CASE
            WHEN data_type IN ('double', 'float') THEN CONCAT('_init.plain("', column_name, '")')
            WHEN data_type = 'decimal' AND numeric_scale = 0 THEN CONCAT('"', column_name, '"')
            WHEN data_type = 'decimal' THEN CONCAT('_init.number("', column_name, '")')
            WHEN data_type LIKE '%int' THEN CONCAT('"', column_name, '"')
            ELSE CONCAT('_init.quoted("', column_name, '")')
        END,
        ', '''')'
        ORDER BY ordinal_position
    )
INTO @names, @cells
FROM information_schema.columns
WHERE table_schema = '_init' AND table_name = 'answer' AND column_name <> '_n';

SET @all_rows = CONCAT(
    'SELECT IF(line = '''', ''""'', line) FROM (',
    'SELECT 0 AS _n, @names AS line UNION ALL ',
    'SELECT _n, CONCAT_WS('','', ', @cells, ') FROM _init.answer) AS all_rows ORDER BY _n'
);
PREPARE all_rows FROM @all_rows;
EXECUTE all_rows;
