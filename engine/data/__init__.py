"""Examples: where they come from, and the arrays they become.

dataset, features, tables           what a data set is and can be given as; files of installed packages
logic, curves, plane,               the data sets by kind
  playground, real
datasets                            the registry of them
data_spec                           the part of a spec that says which examples there are
split                               the examples as arrays
csv_table, csv_data                 CSV text as cells, and as examples
"""
