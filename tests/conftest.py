"""What all tests share: how Hypothesis runs."""

from hypothesis import settings

# No deadline: the machines that run the suite are shared. A failing example is kept
# in .hypothesis and printed, so that it can be run again.
settings.register_profile("autograd-core", deadline=None, print_blob=True)
settings.load_profile("autograd-core")
