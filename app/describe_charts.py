"""The charts a run has, as plain data: what the panel of the page is made of."""

from __future__ import annotations

from typing import Any

import engine
from app.charts import CHARTS


def charts(identity: str, run: engine.Run, language: str) -> dict[str, Any]:
    """The charts that apply to a run, with what can be chosen about each."""
    return {
        "run": identity,
        "language": language,
        "charts": [
            {
                "name": chart.name,
                "label": chart.label[language],
                "summary": chart.summary[language],
                "at_step": chart.at_step,
                "whole": chart.whole or not chart.at_step,
                "options": [
                    {
                        "name": option.name,
                        "label": option.label[language],
                        "choices": [
                            {"value": choice.value, "label": choice.label[language]} for choice in option.choices(run)
                        ],
                    }
                    for option in chart.options
                ],
            }
            for chart in CHARTS.values()
            if chart.applies(run)
        ],
    }
