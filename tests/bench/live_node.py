"""A node whose servers answer: the sample node rails-1 in a folder, told to use real servers on loopback.

PostgreSQL, PgBouncer, Redis and Sentinel run in the same folder. The agent sees the sample node as its / (a root and a view
of /proc of its own, which end with it), so that it takes it for the live machine: for that this wants to be root.
"""

import os
import pwd
import re
import shutil
import socket
import stat
import subprocess

from processes import Processes

POSTGRES = "/usr/lib/postgresql/15/bin/"
PROGRAMS = [POSTGRES + "postgres", "/usr/sbin/pgbouncer", "/usr/bin/redis-server"]
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


class LiveNode(Processes):
    def __init__(self, agent, sample):
        self.agent, self.sample = agent, sample
        self.account = pwd.getpwnam("postgres")
        names = ("postgres", "pgbouncer", "redis", "sentinel", "nobody")
        self.ports = dict(zip(names, (free_port() for _ in names)))

    def inside(self, *words):
        """The agent's command line, run with the node as its /."""
        return ["unshare", "--mount", "--root", self.node(), "--mount-proc", "/agent", *words]

    def node(self, *names):
        return self.path("node", *names)

    def prepare(self):
        os.chmod(self.folder, 0o755)
        self.copy_sample()
        self.point_to_loopback()
        self.start_postgres()
        self.start_pgbouncer()
        self.start_redis()
        for name in ("pgbouncer", "redis", "sentinel"):
            self.wait_until(lambda: answers(self.ports[name]), f"{name} listens")

    def copy_sample(self):
        """With what this one node of many has not: PgBouncer, and a server that is reached by its socket."""
        shutil.copytree(self.sample, self.node(), symlinks=True)
        shutil.copy(self.agent, self.node("agent"))
        for name in ("proc", "dev", "opt/gitlab/etc", "var/opt/gitlab/postgresql", "var/opt/gitlab/pgbouncer"):
            os.makedirs(self.node(name))
        os.mknod(self.node("dev/null"), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.makedirs(self.node("opt/gitlab/sv/pgbouncer"))
        os.symlink("/opt/gitlab/sv/pgbouncer", self.node("opt/gitlab/service/pgbouncer"))
        self.own(self.node("var/opt/gitlab/postgresql"))
        self.write(self.node("etc/passwd"), "root:x:0:0::/root:/bin/sh\n"
                   f"postgres:x:{self.account.pw_uid}:{self.account.pw_gid}::/:/bin/false\n")
        self.write(self.node("opt/gitlab/etc/gitlab-psql-rc"), "psql_host='/var/opt/gitlab/postgresql'\n"
                   f"psql_port='{self.ports['postgres']}'\npsql_dbname='{DATABASE}'\n")

    def point_to_loopback(self):
        """Every address of the sample's fleet; no Gitaly is there, so those are refused."""
        at = self.ports
        addresses = {"10.20.0.51": "127.0.0.1", "10.20.0.61": "127.0.0.1", "6432": str(at["pgbouncer"]),
                     "26379": str(at["sentinel"]), "praefect-1.git.meridian.example:2305": f"127.0.0.1:{at['nobody']}",
                     "gitaly-9.git.meridian.example:8075": f"127.0.0.1:{at['nobody']}"}
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
                   f"unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {self.path('users')}\n"
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
