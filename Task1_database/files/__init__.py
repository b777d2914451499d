"""Files as people have them, for `new`, which learns from one, and the service, which answers one.

encoding          a text's encoding
layout            its separator, and where its table begins
workbook          a sheet of an XLSX as a CSV
column_reading    how the cells of one column are written
"""
