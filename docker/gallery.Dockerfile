# The gallery (`python -m provision.lab.gallery`), its light client, and the receiver of notifications. Built from the repository's root:
#   provision stack build app
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
COPY . /src
RUN python -m pip install --no-cache-dir -c /src/constraints/run.txt -c /src/constraints/dev.txt \
      /src flask obstore prometheus-client redis waitress \
 && rm -rf /src
# Where the receiver of notifications keeps them: a volume begins with this owner.
RUN install -d -o 65534 -g 65534 /var/lib/notifications
ENV PYTHONUNBUFFERED=1
USER 65534
CMD ["python", "-m", "provision.lab.gallery", "--host", "0.0.0.0", "--port", "8080"]
