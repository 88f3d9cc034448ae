"""Exports: a compiled program as a function of JAX, of PyTorch, or an ONNX model.

The one idea: the same tape, run on another column. A target's column (`stable.column`)
has that library's own functions, and where it has none, or a less accurate one, the
forms in `stable`. What is differentiable again is so by the table's own rules, run on
the target's numbers: no derivative is written here.
"""
