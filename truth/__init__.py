"""Truth on real data: figures that others published or that plain SQL gives, against what profithunt finds.

    python -m truth [complete_journey|olist|superstore|tpcds …]

Each check prints what was expected, what was found and whether they agree; the exit code is 1 when one does not.
"""
