"""Every expression proved against live metrics: what is asked (`planning`), what the server knows (`knowledge`), and
what its answers say of an expression (`classify`). The door is `verifying.verify`."""
