"""`profithunt erase`."""

from __future__ import annotations

from typing import Annotated

import typer

from profithunt.cli.calls import Call, in_a_name


@in_a_name
def erase(
    call: Call,
    customer: Annotated[str, typer.Argument(help="Id of the customer.", metavar="CUSTOMER_ID")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
) -> None:
    """Erase a customer on request, out of everything that profithunt keeps; your source files are not touched.

    Every run on disk, the store of decisions with its audit, caches, sent files, the report. A pseudonym that can't be
    turned back keeps the ledger tied out to the cent. The next run drops the customer again.
    """
    from profithunt.cli.progress import progress
    from profithunt.cli.views import listen as view
    from profithunt.errors import UsageError

    shop = call.shop
    if not yes:
        if call.output.json:
            raise UsageError("erasing can't be undone and asks first", do="add --yes")
        call.output.note(view.before_erasing(shop.path.parent))
        if not typer.confirm("Erase this customer?", default=False, err=True):
            raise typer.Abort
    with progress(call.output) as steps:
        done = shop.erase(customer, by=call.name, progress=steps)
    call.show(done, lambda: view.erased(done))
