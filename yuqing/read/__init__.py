"""Reading and writing text: bytes to ``Plan`` or ``Case`` or problems, and back, proved.

Nothing is imported here, so that a command pays only for the reader it needs.
"""
