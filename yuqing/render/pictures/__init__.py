"""Pictures of a case and of figures, as SVG, and as PNG where a converter is at hand."""

from __future__ import annotations

from yuqing.render.pictures.charts import bars
from yuqing.render.pictures.convert import to_png

__all__ = ("bars", "to_png")
