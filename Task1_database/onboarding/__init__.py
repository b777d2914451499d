"""From any table in a file to a dataset: how it is written, what it holds, what to make of it.

encoding, delimited, workbook   the file as UTF-8 text: separator, header, sheet
cells                           its cells, all of them, as text
readings, column_types, field   what each column holds: numbers, days or text
names                           names that SQL takes
outcome                         what is predicted, and whether it can be
reasons, relation               what says nothing, what says too much, what says most
raw_table                       the table that the file becomes
days, day_features              what a model can use of a day
drafting, draft                 all of this, decided
starters                        three questions to begin with
folder, readme                  the draft as the files of a dataset
said                            the draft in words
"""
