-- Prints what is wrong with feature_store, if anything is: its columns must be @columns (row_id, the
-- features and the target that dataset.toml names), and row_id a whole number for each row.

SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', ') INTO @given
FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name = 'feature_store';

SELECT data_type LIKE '%int' INTO @whole
FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name = 'feature_store' AND column_name = 'row_id';

SELECT COUNT(*), COUNT(DISTINCT row_id) INTO @rows, @different FROM feature_store;

SELECT CONCAT('features.sql: ', CASE
    WHEN NOT @given <=> @columns THEN CONCAT('gives the columns ', @given, '; expected ', @columns)
    WHEN NOT @whole THEN 'row_id is not a whole number'
    WHEN @rows = 0 THEN 'gives no rows'
    ELSE 'row_id is not different in each row'
END)
FROM DUAL
WHERE NOT (@given <=> @columns AND @whole AND @rows > 0 AND @rows = @different);
