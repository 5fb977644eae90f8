"""The operational store: tables, migrations, people, the queue of opportunities, actions, the audit."""

from profithunt.actions.store.database import Store, url_of

__all__ = ["Store", "url_of"]
