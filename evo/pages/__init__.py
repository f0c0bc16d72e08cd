"""The report of a run, and the rows that command line and report share.

Records: ``RunRecords`` from ``run_records``; a decision to read: ``find_attempt``, ``explained``,
``rung_rows``. Rows: ``front_rows``, ``attempt_rows``,
``children`` and ``hypothesis_rows``, ``operator_rows`` and ``family_rows``, ``gap_rows``,
``spend_rows`` and ``by_purpose``, ``written_rows``, ``comparison`` of champion and seed. The
report: ``report_content``, ``report_html``, ``write_report``. In words: ``interval_text``,
``money_text``.
"""

from evo.pages.attempts import AttemptRow, attempt_rows
from evo.pages.changes import Change, Comparison, comparison
from evo.pages.children import Child, Gain, children
from evo.pages.content import Content, report_content
from evo.pages.explained import explained, find_attempt
from evo.pages.front import FrontRow, front_rows
from evo.pages.gaps import Fall, GapRow, Rate, gap_rows
from evo.pages.hypotheses import HypothesisRow, hypothesis_rows
from evo.pages.operators import OperatorRow, family_rows, operator_rows
from evo.pages.records import RunRecords, run_records
from evo.pages.report import report_html, write_report
from evo.pages.rungs import RungRow, rung_rows
from evo.pages.spending import SpendRow, by_purpose, spend_rows
from evo.pages.words import interval_text, money_text
from evo.pages.written import WrittenRow, written_rows

__all__ = [
    "AttemptRow",
    "Change",
    "Child",
    "Comparison",
    "Content",
    "Fall",
    "FrontRow",
    "Gain",
    "GapRow",
    "HypothesisRow",
    "OperatorRow",
    "Rate",
    "RunRecords",
    "RungRow",
    "SpendRow",
    "WrittenRow",
    "attempt_rows",
    "by_purpose",
    "children",
    "comparison",
    "explained",
    "family_rows",
    "find_attempt",
    "front_rows",
    "gap_rows",
    "hypothesis_rows",
    "interval_text",
    "money_text",
    "operator_rows",
    "report_content",
    "report_html",
    "run_records",
    "rung_rows",
    "spend_rows",
    "write_report",
    "written_rows",
]
