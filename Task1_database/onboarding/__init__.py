"""From any table in a file to a dataset: how it is written, what it holds, what to make of it.

delimited                             the file as UTF-8 text: its header, and how it is written
source_cells, source_column           its cells, all of them, as text; what is known of a column
formats, column_types                 what each column holds: numbers, days or text
names                                 names that SQL takes
outcome                               what is predicted, and whether it can be
raw_table                             the table that the file becomes
association, selection                what says nothing, what gives the target away
planned_features                      what a model can use of a column
dataset_plan                          all of this, decided
dataset_folder, starter_questions     the plan as the files of a dataset
summary                               the plan in words
"""
