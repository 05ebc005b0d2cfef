"""A Docker Swarm on one machine: each node is an engine of its own in namespaces of its own, on a network that leads
nowhere else. For drills, and to try stacks where no Swarm is.

Doors: `cluster` (up, load, status, down, and a node that is halted and started again) and `images` (images made of
programs of this machine, where no registry can be reached). Below them: `node` runs one engine, `wires` is the network,
`state` remembers the cluster.
"""
