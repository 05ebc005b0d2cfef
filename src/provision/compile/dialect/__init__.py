"""What one product understands, a module a product: definitions to resources (`shape`), and bodies to the form
in which equal means equal bytes (`canonical`).

Doors: `grafana`, `prometheus`, `alertmanager`, and `files` for what `build` writes.
"""
