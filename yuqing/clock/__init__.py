"""The clock: what is owed, by when, met or late. Pure; recomputed always, stored never."""

from yuqing.clock.standing import DONE, Standing, State

__all__ = ["DONE", "Standing", "State"]
