"""What there is to say about many numbers at once.

sets                    training and test examples through the forward pass
metrics, flow, health   how good, how large and how alive
history                 figures over many steps
survey, stopping,       what happened in a run: where it was lost, when to stop
  diagnosis
surface                 what a network makes of its input plane
planes, landscape       the loss around its parameters
"""
