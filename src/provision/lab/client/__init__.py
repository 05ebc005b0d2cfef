"""The clients of the lab's application, and what they saw: page times, failures, and pictures of failures.

Doors: `python -m provision.lab.client`, a light HTTP client at a steady rate, and `python -m
provision.lab.client.browsers`, visitors with a real browser. Below them: `mix` is what the first asks for, `connection`
how it asks, `load` when; `visitor` is what a browser's visitor does, `chromium` the browser; `results` is what came of
each request or page, `record` what becomes of all of them.
"""
