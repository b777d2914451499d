-- Takes the rows of _init.raw, every cell checked, into @raw_table. Prints how many rows there
-- are now, and of how many the server said anything but that all is well.

SELECT CONCAT(
    'INSERT INTO ', @raw_table, ' (', GROUP_CONCAT('"', column_name, '"' ORDER BY place), ') SELECT ',
    GROUP_CONCAT('NULLIF(c', place, ', '''')' ORDER BY place), ' FROM _init.raw ORDER BY line'
) INTO @insert
FROM _init.header
INNER JOIN information_schema.columns
    ON table_schema = DATABASE() AND table_name = @raw_table AND LOWER(column_name) = name;

PREPARE insertion FROM @insert;
EXECUTE insertion;
SELECT ROW_COUNT(), @@warning_count;
