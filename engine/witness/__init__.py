"""What stands beside a number as its proof.

gradcheck       the difference of the loss, against backpropagation
explain, plain  one number explained, and as lines of text
nonfinite       why a number is not finite
aftermath       what an update was good for: the loss the gradient foretold, and the real one
"""
