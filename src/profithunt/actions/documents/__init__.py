"""Documents that work backwards from the customer: press release and FAQ, six-pager, correction of error."""

from profithunt.actions.documents.document import READING_MINUTES, STATES, Document, Remark, decide, read, revised
from profithunt.actions.documents.kinds import KINDS, Kind, kind_of
from profithunt.actions.documents.references import Figure, Filled, MetricReference, OpportunityReference, fill

__all__ = [
    "KINDS",
    "READING_MINUTES",
    "STATES",
    "Document",
    "Figure",
    "Filled",
    "Kind",
    "MetricReference",
    "OpportunityReference",
    "Remark",
    "decide",
    "fill",
    "kind_of",
    "read",
    "revised",
]
