"""The facts that a document is made of: plain values, in the order a reader meets them.

Everything here is said by the record or follows from it by the plan.
"""
