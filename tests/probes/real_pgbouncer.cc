#include "tests/probes/real_pgbouncer.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "tests/probes/fault_server.h"

namespace preflight::probes {

RealPgbouncer::RealPgbouncer(std::uint32_t postgres_port, const std::string& users)
    : port_(FaultServer::free_port()) {
    std::ofstream(folder_ / "users") << users;
    std::ofstream(folder_ / "pgbouncer.ini") << fmt::format(
        "[databases]\ngitlabhq_production = host=127.0.0.1 port={} dbname=gitlabhq_production\n"
        "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\nunix_socket_dir = {}\n"
        "auth_type = scram-sha-256\nauth_file = {}/users\npool_mode = transaction\nadmin_users = "
        "gitlab-psql, postgres, pgbouncer\n",
        postgres_port, port_, folder_.string(), folder_.string());
    std::vector<std::string> argv;
    if (::geteuid() == 0) {  // it refuses to run as root
        const auto* account = ::getpwnam("postgres");
        if (account == nullptr) throw std::runtime_error("no account postgres");
        for (const auto& file : {folder_.path(), folder_ / "users", folder_ / "pgbouncer.ini"}) {
            if (::chown(file.c_str(), account->pw_uid, account->pw_gid) != 0)
                throw std::runtime_error("no file for PgBouncer");
        }
        argv = {"/usr/bin/setpriv", "--pdeathsig=INT", "--reuid=postgres",
                "--regid=postgres", "--clear-groups",  "--"};
    }
    argv.insert(argv.end(), {"/usr/sbin/pgbouncer", folder_ / "pgbouncer.ini"});
    program_ = std::make_unique<Program>(argv);
    if (!program_->wait_for_line("process up"))
        throw std::runtime_error("PgBouncer does not run: " + program_->output());
}

RealPgbouncer::~RealPgbouncer() {
    program_->signal(SIGINT);
    program_->wait();
}

}  // namespace preflight::probes
