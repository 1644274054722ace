"""A run taken out of here: as a trace, a table, weights, a page of its own, or a program in another library.

arithmetic      a rule as a line of array code       literals      arrays in source code
material        what every program is made from      script        a program in sections
numpy_code, torch_code, keras_code                   the programs
page            one file that steps offline          tables        csv
"""
