"""What people and agents decide, and what becomes of it: store, states, policies, durable execution, adapters."""
