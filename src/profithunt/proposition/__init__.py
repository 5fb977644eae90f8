"""The proposition: what the customer is offered, and what another offer would earn over the shop's own orders.

SQL here reads what the simulators need; the numerics are in `profithunt.models`, the use cases in `profithunt.api`.
`priors.toml` declares what is believed before the shop's own orders have spoken, each with its source.
"""
