"""A node whose servers answer: the sample node rails-1 in a folder, told to use real servers on loopback.

PostgreSQL, PgBouncer, Redis, Sentinel and Patroni run in the same folder; a Praefect, a Gitaly and Consul, of which Debian has
no package, are those of our tests (live_servers.cc). The agent sees the sample node as its / (a root and a view
of /proc of its own, which end with it), so that it takes it for the live machine: for that this wants to be root.
"""

import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import urllib.error
import urllib.request

from processes import Processes

POSTGRES = "/usr/lib/postgresql/15/bin/"
PROGRAMS = [POSTGRES + "postgres", "/usr/sbin/pgbouncer", "/usr/bin/redis-server", "/usr/bin/patroni"]
DATABASE = "gitlabhq_production"
# Some of GitLab's tables, so that there is something to ask about.
TABLES = """
CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
INSERT INTO schema_migrations SELECT (20200101000000 + n)::text FROM generate_series(1, 3000) n;
CREATE TABLE batched_background_migrations (id bigserial, created_at timestamptz, job_class_name text, status smallint);
INSERT INTO batched_background_migrations (created_at, job_class_name, status) SELECT now(), 'Done', 3 FROM generate_series(1, 500);
CREATE TABLE application_settings (id serial, uuid text, maintenance_mode bool);
INSERT INTO application_settings (uuid) VALUES ('0b7e');
CREATE TABLE geo_nodes (id serial, encrypted_secret_access_key varchar, encrypted_secret_access_key_iv varchar);
CREATE TABLE projects (id bigserial PRIMARY KEY); INSERT INTO projects SELECT FROM generate_series(1, 10000);
"""


def missing_programs():
    return [program for program in PROGRAMS if not os.access(program, os.X_OK)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def leads(port):
    """True when the Patroni there says that its PostgreSQL is the primary."""
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/primary", timeout=2).status == 200
    except (urllib.error.URLError, OSError):
        return False


class LiveNode(Processes):
    # Connections that every probe together makes, and that are answered: PostgreSQL by its socket and through PgBouncer,
    # PgBouncer's console, Redis, Sentinel, Patroni, Consul, Praefect and Gitaly.
    CONNECTIONS = 9

    def __init__(self, agent, sample, stand_ins):
        self.agent, self.sample, self.stand_ins = agent, sample, stand_ins
        self.account = pwd.getpwnam("postgres")
        names = ("postgres", "pgbouncer", "redis", "sentinel", "patroni", "patroni_postgres", "raft")
        self.ports = dict(zip(names, (free_port() for _ in names)))

    def inside(self, *words):
        """The agent's command line, run with the node as its /."""
        return ["unshare", "--mount", "--root", self.node(), "--mount-proc", "/agent", *words]

    def node(self, *names):
        return self.path("node", *names)

    def prepare(self):
        os.chmod(self.folder, 0o755)
        self.copy_sample()
        self.start_stand_ins()
        self.point_to_loopback()
        self.start_postgres()
        self.start_pgbouncer()
        self.start_redis()
        self.start_patroni()
        for name in ("pgbouncer", "redis", "sentinel"):
            self.wait_until(lambda: answers(self.ports[name]), f"{name} listens")

    def copy_sample(self):
        """With what this one node of many has not: PgBouncer, Patroni, Consul, and a server that is reached by its socket."""
        shutil.copytree(self.sample, self.node(), symlinks=True)
        shutil.copy(self.agent, self.node("agent"))
        services = ("pgbouncer", "patroni", "consul")
        for name in ("proc", "dev", "opt/gitlab/etc", "var/opt/gitlab/postgresql", *(f"var/opt/gitlab/{one}" for one in services)):
            os.makedirs(self.node(name))
        os.mknod(self.node("dev/null"), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        for service in services:
            os.makedirs(self.node("opt/gitlab/sv", service))
            os.symlink(f"/opt/gitlab/sv/{service}", self.node("opt/gitlab/service", service))
        self.own(self.node("var/opt/gitlab/postgresql"))
        self.write(self.node("etc/passwd"), "root:x:0:0::/root:/bin/sh\n"
                   f"postgres:x:{self.account.pw_uid}:{self.account.pw_gid}::/:/bin/false\n")
        self.write(self.node("opt/gitlab/etc/gitlab-psql-rc"), "psql_host='/var/opt/gitlab/postgresql'\n"
                   f"psql_port='{self.ports['postgres']}'\npsql_dbname='{DATABASE}'\n")

    def start_stand_ins(self):
        tokens = [self.found(rf'"{storage}":.*?"gitaly_token":"([^"]+)"', "var/opt/gitlab/gitlab-rails/etc/gitlab.yml")
                  for storage in ("default", "archive")]
        ports = self.path("stand-ins")
        self.start([self.stand_ins, *tokens, ports])
        self.wait_until(lambda: os.path.exists(ports), "the stand-ins listen")
        with open(ports) as file:
            self.ports.update(zip(("praefect", "gitaly", "consul"), map(int, file.read().split())))

    def point_to_loopback(self):
        """Every address of the sample's fleet."""
        at = self.ports
        addresses = {"10.20.0.51": "127.0.0.1", "10.20.0.61": "127.0.0.1", "6432": str(at["pgbouncer"]),
                     "26379": str(at["sentinel"]), "praefect-1.git.meridian.example:2305": f"127.0.0.1:{at['praefect']}",
                     "gitaly-9.git.meridian.example:8075": f"127.0.0.1:{at['gitaly']}"}
        for folder, _, names in os.walk(self.node()):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.islink(path) or not name.endswith((".yml", ".toml", ".rb", ".json")):
                    continue
                with open(path) as file:
                    text = file.read()
                for old, new in addresses.items():
                    text = text.replace(old, new)
                self.write(path, text)
        self.write(self.node("var/opt/gitlab/consul/config.json"),
                   f'{{"datacenter": "gitlab_consul", "node_name": "rails-1", "ports": {{"http": {at["consul"]}}}}}')

    def start_postgres(self):
        os.mkdir(self.path("postgres"))
        self.own(self.path("postgres"))
        data, port = self.path("postgres/data"), str(self.ports["postgres"])
        sockets = self.node("var/opt/gitlab/postgresql")
        self.run_as_postgres("initdb", "-D", data, "-A", "peer", "-E", "UTF8", "--no-sync")
        self.write(os.path.join(data, "pg_hba.conf"), "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n")
        self.start(self.as_postgres("postgres", "-D", data, "-c", f"unix_socket_directories={sockets}", "-p", port,
                                    "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"))
        ready = self.as_postgres("pg_isready", "-q", "-h", sockets, "-p", port)
        self.wait_until(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL answers")
        password = self.found(r'password: "(.+)"', "var/opt/gitlab/gitlab-rails/etc/database.yml")
        psql = ("psql", "-q", "-h", sockets, "-p", port, "-v", "ON_ERROR_STOP=1")
        for sql in (f"CREATE ROLE gitlab LOGIN PASSWORD '{password}'", f"CREATE DATABASE {DATABASE} OWNER gitlab"):
            self.run_as_postgres(*psql, "-d", "postgres", "-c", sql)
        self.run_as_postgres(*psql, "-d", DATABASE, "-c", f"SET ROLE gitlab; {TABLES}")

    def start_pgbouncer(self):
        password = self.found(r'password: "(.+)"', "var/opt/gitlab/gitlab-rails/etc/database.yml")
        listens = f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.ports['pgbouncer']}\n"
        self.write(self.path("users"), f'"gitlab" "{password}"\n"pgbouncer" "console"\n')
        self.write(self.path("pgbouncer.ini"),
                   f"[databases]\n{DATABASE} = host=127.0.0.1 port={self.ports['postgres']}\n{listens}"
                   f"unix_socket_dir =\nauth_type = md5\nauth_file = {self.path('users')}\n"
                   "pool_mode = transaction\nadmin_users = pgbouncer\n")
        self.write(self.node("var/opt/gitlab/pgbouncer/pgbouncer.ini"), listens)
        self.write(self.node("var/opt/gitlab/pgbouncer/pg_auth"), '"pgbouncer" "console"\n')
        self.start([*self.account_words(), "/usr/sbin/pgbouncer", self.path("pgbouncer.ini")])

    def start_redis(self):
        password = self.found(r"redis://:(.+)@", "var/opt/gitlab/gitlab-rails/etc/resque.yml")
        at = self.ports
        common = f"bind 127.0.0.1\ndir {self.folder}\n"
        self.write(self.path("redis.conf"), f'port {at["redis"]}\n{common}requirepass {password}\nsave ""\n')
        self.write(self.path("sentinel.conf"), f"port {at['sentinel']}\n{common}sentinel monitor meridian-redis 127.0.0.1 "
                   f"{at['redis']} 1\nsentinel auth-pass meridian-redis {password}\n")
        self.start(["/usr/bin/redis-server", self.path("redis.conf")])
        self.wait_until(lambda: answers(at["redis"]), "Redis listens")
        self.start(["/usr/bin/redis-server", self.path("sentinel.conf"), "--sentinel"])

    def start_patroni(self):
        """A cluster of one, with a PostgreSQL of its own and Raft for its store."""
        folder, at = self.path("patroni"), self.ports
        os.mkdir(folder)
        self.own(folder)
        self.write(self.node("var/opt/gitlab/patroni/patroni.yaml"), f"""\
scope: meridian-ha
name: rails-1
restapi: {{listen: '127.0.0.1:{at["patroni"]}', connect_address: '127.0.0.1:{at["patroni"]}'}}
raft: {{data_dir: {folder}/raft, self_addr: '127.0.0.1:{at["raft"]}', partner_addrs: []}}
bootstrap:
  dcs: {{ttl: 30, loop_wait: 1, retry_timeout: 5}}
  initdb: [{{encoding: UTF8}}, no-sync]
postgresql:
  listen: 127.0.0.1:{at["patroni_postgres"]}
  connect_address: 127.0.0.1:{at["patroni_postgres"]}
  data_dir: {folder}/data
  bin_dir: {POSTGRES}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: {folder}, fsync: 'off'}}
  authentication:
    superuser: {{username: postgres, password: super}}
    replication: {{username: replicator, password: replication}}
""")
        shutil.copy(self.node("var/opt/gitlab/patroni/patroni.yaml"), self.path("patroni.yaml"))
        self.start([*self.account_words(), "/usr/bin/patroni", self.path("patroni.yaml")])
        self.wait_until(lambda: leads(at["patroni"]), "Patroni leads")

    def account_words(self):
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]

    def as_postgres(self, program, *words):
        return [*self.account_words(), POSTGRES + program, *words]

    def run_as_postgres(self, program, *words):
        subprocess.run(self.as_postgres(program, *words), check=True, capture_output=True, cwd="/")

    def own(self, path):
        os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def found(self, pattern, name):
        with open(self.node(name)) as file:
            return re.search(pattern, file.read()).group(1)

    @staticmethod
    def write(path, text):
        with open(path, "w") as file:
            file.write(text)
