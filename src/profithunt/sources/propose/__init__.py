"""`profithunt init`: look at files that nobody has described and propose what they mean.

`propose(folder, engine)` gives a `Proposal`: sources with how sure each column is and why, questions, warnings, and the
text of shop.toml. Known exports are recognised by their preset; everything else is read by headings (in ten languages),
values, arithmetic between columns, and keys between files.
"""

from profithunt.sources.propose.init import propose
from profithunt.sources.propose.proposal import MappedColumn, MoneyPart, Proposal, ProposedFile, ProposedSource

__all__ = ["MappedColumn", "MoneyPart", "Proposal", "ProposedFile", "ProposedSource", "propose"]
