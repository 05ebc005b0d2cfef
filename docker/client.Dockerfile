# Visitors with real browsers (`python -m provision.lab.client.browsers`): the Chromium is Debian's, none is downloaded.
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
# Playwright's driver loads libatomic, which a slim image doesn't have.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends chromium-headless-shell fonts-dejavu-core libatomic1 \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN python -m pip install --no-cache-dir -c /src/constraints/run.txt -c /src/constraints/dev.txt \
      /src playwright prometheus-client \
 && rm -rf /src
# The browser and its visitor write below their home only.
ENV PYTHONUNBUFFERED=1 HOME=/tmp
USER 65534
CMD ["python", "-m", "provision.lab.client.browsers", "--help"]
