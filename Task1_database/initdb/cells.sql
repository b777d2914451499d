-- Prints the first cell of _init.raw that is not exactly a value of its column, if there is one.
-- An empty cell is NULL.

SELECT CONCAT(
    'SELECT line, CASE ',
    GROUP_CONCAT(
        'WHEN NOT IF(c', place, ' = '''', ', 1 - required, ', ',
        REPLACE(test, '$', CONCAT('c', place)), ') THEN ', place
        ORDER BY place SEPARATOR ' '
    ),
    ' END AS place FROM _init.raw HAVING place IS NOT NULL ORDER BY line LIMIT 1',
    ' INTO @line, @place'
) INTO @find
FROM _init.header INNER JOIN _init.cells USING (name);

PREPARE find FROM @find;
EXECUTE find;

SET @value_of = IF(
    @place IS NULL, 'DO 0', CONCAT('SELECT c', @place, ' INTO @value FROM _init.raw WHERE line = @line')
);
PREPARE value_of FROM @value_of;
EXECUTE value_of;

SET @value = REPLACE(REPLACE(@value, _utf8mb4 X'0D', '\r'), _utf8mb4 X'0A', '\n');

SELECT CONCAT(
    @file, ', line ', @line, ', column ', name, ': ',
    CASE
        WHEN @value = '' THEN 'is empty'
        WHEN CHAR_LENGTH(@value) <= 40 THEN CONCAT('''', @value, '''')
        ELSE CONCAT('''', LEFT(@value, 40), '…''')
    END,
    '; expected ', type, IF(required, ' NOT NULL', ''), ' (', meaning, ')'
)
FROM _init.header INNER JOIN _init.cells USING (name)
WHERE place = @place;
