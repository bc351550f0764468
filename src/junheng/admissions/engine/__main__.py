"""`python -m junheng.admissions.engine`: compile the kernels ahead of the first round."""

from junheng.admissions.engine.warm import compile_all

compile_all()
