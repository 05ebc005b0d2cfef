"""The stacks of the platform: `app`, a gallery behind Traefik, `monitor`, which watches it, and `registry`, where the
project's own images are pulled from.

| variable | meaning |
| --- | --- |
| `host_name` | the name that the gallery answers to |
| `NAME_image` | an image instead of the one below: `traefik_image`, `gallery_image`, … |
| `gallery_storage` | where the gallery keeps pictures; the MinIO of the stack unless set |
| `gallery_replicas`, `client_replicas`, `visualizer_replicas` | how many tasks; of the last two none unless set |
| `client_browsers`, `client_rate` | false: clients are no browsers, and make so many requests a second |
| `webhook_url` | where Alertmanager delivers; the receiver `webhook` of the stack unless set |
| `data_retention` | how long Prometheus keeps its data, such as `15d` |
| `grafana_data` | which data Grafana's lies with; `grafana`, with a label of its own, unless set |

Nodes of 1 GB suffice. Four labels say which node keeps which data: `app-data`, `monitor-data` (on a manager), `grafana-data`
and `registry-data`. All secrets come from the environment of who deploys; `TRAEFIK_DASHBOARD_USERS` and `REGISTRY_USERS` are lines
of htpasswd, with bcrypt (`htpasswd -nB NAME`).
"""

from __future__ import annotations

from provision.author import Bind, Config, Healthcheck, Image, Network, Secret, Stack, Volume, env
from provisioning._swarm import (
    ENGINE,
    MANAGERS,
    SOCKET,
    answers,
    asking,
    data_of,
    edge,
    image,
    inner,
    port,
    service,
    watch,
)

HOST = env.get("host_name", "myhbsapp.com")
BUCKETS_SECONDS = sorted({0.1, 0.3, 1.2, 5.0, env.number("sla_latency_seconds")})
"""Traefik's own, and one at the objective, which couldn't be measured without it."""

_REDIS_PASSWORD = "/run/secrets/redis_password"  # noqa: S105  # where it is

# ── app ──────────────────────────────────────────────────────────────────────

_traefik = service(
    "traefik",
    image("traefik", "traefik:v3.7"),
    command=[
        "--entrypoints.web.address=:80",
        "--entrypoints.web.transport.respondingtimeouts.readtimeout=30s",
        # Routers that name no entry point are for users alone.
        "--entrypoints.web.asdefault=true",
        # The ping and the metrics, for who is in the network; the dashboard is behind a password, and not measured.
        "--entrypoints.traefik.address=:8080",
        "--entrypoints.dashboard.address=:8081",
        "--entrypoints.dashboard.observability.metrics=false",
        "--api.dashboard=true",
        "--ping=true",
        "--providers.swarm=true",
        f"--providers.swarm.endpoint=unix://{SOCKET}",
        "--providers.swarm.exposedbydefault=false",
        "--providers.swarm.network=app_edge",
        "--providers.swarm.refreshseconds=5",
        "--metrics.prometheus=true",
        "--metrics.prometheus.entrypoint=traefik",
        "--metrics.prometheus.addentrypointslabels=true",
        "--metrics.prometheus.addrouterslabels=true",
        "--metrics.prometheus.addserviceslabels=true",
        f"--metrics.prometheus.buckets={','.join(f'{bound:g}' for bound in BUCKETS_SECONDS)}",
        # A server that is gone costs a second (502 or 504), one that hangs five (504): nobody waits for ever.
        "--serverstransport.forwardingtimeouts.dialtimeout=1s",
        "--serverstransport.forwardingtimeouts.responseheadertimeout=5s",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
    ],
    networks=[edge],
    aliases=[HOST],  # so that clients within reach it by its name
    # The dashboard is at the managers' own port 8080 alone, and asks for a password: it is no secret in a network, and every
    # container of a manager reaches that node's ports.
    ports=[port(80, 80), port(8081, 8080, of_node=True)],
    secrets={"traefik_dashboard_users": Secret.env("TRAEFIK_DASHBOARD_USERS")},
    labels={
        "traefik.enable": "true",
        "traefik.http.routers.dashboard.rule": "PathPrefix(`/api`) || PathPrefix(`/dashboard`)",
        "traefik.http.routers.dashboard.entrypoints": "dashboard",
        "traefik.http.routers.dashboard.service": "api@internal",
        "traefik.http.routers.dashboard.middlewares": "password",
        "traefik.http.middlewares.password.basicauth.usersfile": "/run/secrets/traefik_dashboard_users",
        "traefik.http.middlewares.password.basicauth.removeheader": "true",
        # Nothing is sent there: Traefik takes no router of a service without a port.
        "traefik.http.services.dashboard.loadbalancer.server.port": "8081",
    },
    volumes=ENGINE,
    healthcheck=Healthcheck(["traefik", "healthcheck", "--ping"]),
    mode="global",
    on=(MANAGERS,),  # only managers can be asked for services
    memory="128M",
)

# Without a registry's name these are found on the nodes; `provision stack deploy --registry` pulls them from one.
_gallery_image = env.get("gallery_image") or Image("provision-gallery", "docker/gallery.Dockerfile")
_client_image = env.get("client_image") or Image("provision-client", "docker/client.Dockerfile")

# A probe without Python's site, which takes longer to start than the question itself; the image has no wget.
_IS_WELL = Healthcheck([
    "python", "-I", "-S", "-c",
    "import socket; c = socket.create_connection(('127.0.0.1', 8080), 4); "
    "c.sendall(b'GET /health HTTP/1.0\\r\\n\\r\\n'); raise SystemExit(b' 200 ' not in c.recv(64))",
])  # fmt: skip

# Browsers for a day, after which the Swarm starts them anew; or a steady rate of requests without any.
_CLIENT = (
    ["provision.lab.client.browsers", "--seconds", "86400", "--screenshots", "/tmp/failures"]  # noqa: S108  # a hundred at most
    if env.get("client_browsers", True)
    else ["provision.lab.client", "--rate", f"{env.get('client_rate', 5):g}"]
)

_gallery = service(
    "gallery",
    _gallery_image,
    command=[
        "python",
        "-m",
        "provision.lab.gallery",
        "--host",
        "0.0.0.0",  # noqa: S104  # in a container
        "--port",
        "8080",
        "--redis",
        "redis://redis:6379/0",
        "--storage",
        str(env.get("gallery_storage", "s3+http://minio:9000/gallery")),
        "--admin-token-file",
        "/run/secrets/gallery_admin_token",
    ],
    environment={
        "GALLERY_S3_ACCESS_KEY_FILE": "/run/secrets/minio_root_user",
        "GALLERY_S3_SECRET_KEY_FILE": "/run/secrets/minio_root_password",
        "GALLERY_REDIS_PASSWORD_FILE": _REDIS_PASSWORD,
    },
    secrets={
        "redis_password": Secret.env("REDIS_PASSWORD"),
        "gallery_admin_token": Secret.env("GALLERY_ADMIN_TOKEN"),
        "minio_root_user": Secret.env("MINIO_ROOT_USER"),
        "minio_root_password": Secret.env("MINIO_ROOT_PASSWORD"),
    },
    networks=[edge, inner],
    healthcheck=_IS_WELL,
    replicas=int(env.get("gallery_replicas", 3)),
    labels={
        "traefik.enable": "true",
        "traefik.http.routers.gallery.rule": f"Host(`{HOST}`)",
        "traefik.http.routers.gallery.entrypoints": "web",
        "traefik.http.routers.gallery.middlewares": "again",
        "traefik.http.middlewares.again.retry.attempts": "3",
        "traefik.http.middlewares.again.retry.initialinterval": "10ms",
        "traefik.http.services.gallery.loadbalancer.server.port": "8080",
        "traefik.http.services.gallery.loadbalancer.healthcheck.path": "/health",
        "traefik.http.services.gallery.loadbalancer.healthcheck.interval": "2s",
        "traefik.http.services.gallery.loadbalancer.healthcheck.timeout": "1s",
    },
    memory="128M",
)

# The settings go in through a pipe: arguments are for everybody to read, and a file would lie on the node's disk. Each byte of
# the password is written by its number, so that none of them means anything; blanks around it are no part of it, as for the
# gallery. The start script of the real image goes over to the user `redis`; where there is none, there is no such user.
_START_REDIS = f"""\
password=$(od -An -v -tx1 {_REDIS_PASSWORD} | tr -d '\\n' | sed -E 's/^( 0[9ad]| 20)+//; s/( 0[9ad]| 20)+$//; s/ /\\\\x/g')
: "${{password:?it has no byte in the secret redis_password}}"
exec $(command -v docker-entrypoint.sh) redis-server - <<END
dir /data
appendonly yes
maxmemory 48mb
maxmemory-policy allkeys-lru
requirepass "$password"
END
"""

_redis = service(
    "redis",
    image("redis", "redis:7.4-alpine"),
    command=["sh", "-c", _START_REDIS],
    secrets={"redis_password": Secret.env("REDIS_PASSWORD")},
    networks=[inner],
    volumes={"/data": Volume("redis")},
    # It answers so to who gives no password, and otherwise while it still reads its data.
    healthcheck=Healthcheck(["sh", "-c", "redis-cli ping | grep -q NOAUTH"]),
    keeps="app",
    memory="96M",  # the data, and what is copied of it while the file is written anew
)

_minio = service(
    "minio",
    image("minio", "minio/minio:RELEASE.2025-04-22T22-12-26Z"),
    command=["server", "/data", "--address", ":9000"],
    environment={
        "MINIO_ROOT_USER_FILE": "/run/secrets/minio_root_user",
        "MINIO_ROOT_PASSWORD_FILE": "/run/secrets/minio_root_password",
    },
    secrets={
        "minio_root_user": Secret.env("MINIO_ROOT_USER"),
        "minio_root_password": Secret.env("MINIO_ROOT_PASSWORD"),
    },
    networks=[inner],
    volumes={"/data": Volume("minio")},
    healthcheck=Healthcheck(["mc", "ready", "local"]),
    keeps="app",
    memory="256M",
)

_client = service(
    "client",
    _client_image,
    command=[
        "python",
        "-m",
        *_CLIENT,
        "--url",
        f"http://{HOST}",
        "--allow",
        HOST,
        "--metrics-host",
        "0.0.0.0",  # noqa: S104  # in a container
        "--metrics-port",
        "8080",
    ],
    networks=[edge],
    tmpfs=["/dev/shm"],  # noqa: S108  # a browser's pages need more of it than a container has
    replicas=int(env.get("client_replicas", 0)),
    memory="512M",
)

_visualizer = service(
    "visualizer",
    image("visualizer", "dockersamples/visualizer:stable"),
    # It has the engine's socket and asks for no password: no other service is with it.
    networks=[Network("overview")],
    ports=[port(8080, 8088, of_node=True)],
    volumes=ENGINE,
    replicas=int(env.get("visualizer_replicas", 0)),
    on=(MANAGERS,),
    memory="96M",
)

app = Stack("app", [_traefik, _gallery, _redis, _minio, _client, _visualizer])

# ── monitor ──────────────────────────────────────────────────────────────────

_PUBLISHED = bool(env.get("publish_monitoring", False))

# Reading a few lists is all that may be asked of the engine; each request has one answer, and what isn't named is refused.
_READ_ONLY = """\
global
  maxconn 64
  log stdout format raw local0 notice
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend lists
  bind :2375
  http-request deny unless METH_GET or METH_HEAD
  http-request return status 200 content-type text/plain string well if { path /health }
  http-request deny unless { path -m reg ^(/v[0-9.]+)?/(_ping|version|info|tasks|services|nodes|networks)$ }
  default_backend engine
backend engine
  server socket unix@/var/run/docker.sock
"""

_engine = service(
    "engine",
    image("haproxy", "haproxy:3.2-alpine"),
    command=["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
    networks=[asking],
    configs={"/usr/local/etc/haproxy/haproxy.cfg": Config(text=_READ_ONLY)},
    volumes=ENGINE,
    user="root",  # who alone may open the socket
    read_only=True,
    healthcheck=answers("http://127.0.0.1:2375/health"),
    on=(
        MANAGERS,
        data_of("monitor"),
    ),  # with Prometheus, which is there: the two are lost together or not at all
    memory="64M",
)

_prometheus = service(
    "prometheus",
    image("prometheus", "prom/prometheus:v3.5.0"),
    command=[
        "--config.file=/etc/prometheus/prometheus.yml",
        "--storage.tsdb.path=/prometheus",
        f"--storage.tsdb.retention.time={env.get('data_retention', '15d')}",
        f"--web.external-url={env.get('prometheus_external_url', 'http://prometheus:9090')}",
    ],
    networks=[watch, edge, asking],
    ports=[port(9090, 9090)] if _PUBLISHED else [],
    configs={"/etc/prometheus/": Config(built="prometheus/")},
    volumes={"/prometheus": Volume("prometheus")},
    healthcheck=answers("http://127.0.0.1:9090/-/ready"),
    keeps="monitor",
    memory="256M",
)

_alertmanager = service(
    "alertmanager",
    image("alertmanager", "prom/alertmanager:v0.28.1"),
    command=[
        "--config.file=/etc/alertmanager/alertmanager.yml",
        "--storage.path=/alertmanager",
        "--cluster.listen-address=",
    ],
    networks=[watch],
    ports=[port(9093, 9093)] if _PUBLISHED else [],
    configs={"/etc/alertmanager/alertmanager.yml": Config(built="alertmanager/alertmanager.yml")},
    volumes={"/alertmanager": Volume("alertmanager")},
    healthcheck=answers("http://127.0.0.1:9093/-/ready"),
    keeps="monitor",
    memory="64M",
)

# Keeps what Alertmanager delivers, where nobody else is named to be told; the image has a folder for it.
_webhook = service(
    "webhook",
    _gallery_image,
    command=[
        "python",
        "-m",
        "provision.lab.webhook",
        "--host",
        "0.0.0.0",  # noqa: S104  # in a container
        "--port",
        "8080",
        "--file",
        "/var/lib/notifications/notifications.jsonl",
    ],
    networks=[watch],
    ports=[port(8080, 9094)] if _PUBLISHED else [],
    volumes={"/var/lib/notifications": Volume("notifications")},
    healthcheck=_IS_WELL,
    keeps="monitor",
    memory="64M",
)

_grafana = service(
    "grafana",
    image("grafana", "grafana/grafana:12.4.0"),
    environment={
        "GF_SECURITY_ADMIN_USER": "admin",
        # Grafana itself reads it, with whatever image: …__FILE is for the start script of one, and the password would be
        # admin without that.
        "GF_SECURITY_ADMIN_PASSWORD": "$__file{/run/secrets/grafana_admin_password}",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
    },
    secrets={"grafana_admin_password": Secret.env("GRAFANA_ADMIN_PASSWORD")},
    networks=[watch],
    ports=[port(3000, 3000)],
    configs={
        "/etc/grafana/provisioning/": Config(built="grafana/provisioning/"),
        "/etc/grafana/dashboards/": Config(built="grafana/dashboards/"),
    },
    volumes={"/var/lib/grafana": Volume("grafana")},
    # Its first start makes its tables, which takes minutes on a small node.
    healthcheck=answers("http://127.0.0.1:3000/api/health", start_period="180s"),
    keeps=str(env.get("grafana_data", "grafana")),
    memory="384M",
)

_cadvisor = service(
    "cadvisor",
    # The first that finds containers of an engine with containerd's image store, the default from Docker 29 on, and the last that
    # needs no socket of containerd's for an older engine's.
    image("cadvisor", "gcr.io/cadvisor/cadvisor:v0.54.0"),
    command=[
        "--docker_only=true",
        "--housekeeping_interval=10s",
        # All that rules and dashboards read. (A list of what is disabled would take the place of the one that cAdvisor has, and
        # enable what costs most.) Not `oom_event`: it stays 0 without /dev/kmsg and more rights than a Swarm gives, and no
        # number is better than a wrong one.
        "--enable_metrics=cpu,memory,network",
    ],
    networks=[watch],
    volumes={
        "/rootfs": Bind("/", every_node=True),
        "/var/run": Bind("/var/run", every_node=True),
        "/sys": Bind("/sys", every_node=True),
        "/var/lib/docker": Bind("/var/lib/docker", every_node=True),
    },
    mode="global",
    memory="128M",
)

_receivers = [] if env.get("webhook_url") else [_webhook]

monitor = Stack("monitor", [_engine, _prometheus, _alertmanager, *_receivers, _grafana, _cadvisor])

# ── registry ─────────────────────────────────────────────────────────────────

_registry = service(
    "registry",
    image("registry", "registry:2"),
    # Who may push may change what every node runs.
    environment={
        "REGISTRY_AUTH": "htpasswd",
        "REGISTRY_AUTH_HTPASSWD_REALM": "registry",
        "REGISTRY_AUTH_HTPASSWD_PATH": "/run/secrets/registry_users",
    },
    secrets={"registry_users": Secret.env("REGISTRY_USERS")},
    ports=[port(5000, 5000)],
    volumes={"/var/lib/registry": Volume("registry")},
    keeps="registry",
    memory="128M",
)

registry = Stack("registry", [_registry])
