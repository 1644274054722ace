"""Arithmetic as a value: the scalar rule of one element, and every way to read it.

quantities          the names of values, and what they mean
expression, rule    the scalar rule: the arithmetic of one element
special             the error function, which NumPy lacks
marks               letters, rows and scripts: what a formula is laid out as
notation, speech    a rule typeset (LaTeX, MathML), and said in words
ops                 an operation: kernel, derivatives and rule side by side
"""
