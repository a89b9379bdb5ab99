"""yuqing: a case tracker for offices that must follow their own written emergency plan."""

__version__ = "0.1.0"
