#include "tests/probes/real_patroni.h"

#include <fmt/format.h>
#include <poll.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "probes/node/descriptor.h"
#include "tests/probes/fault_server.h"

namespace preflight::probes {
namespace {

std::string configuration_in(const std::string& folder, std::uint32_t port, std::uint32_t postgres_port,
                             const std::string& restapi) {
    return fmt::format(R"(scope: mill-ha
name: db-1
restapi:
  listen: 127.0.0.1:{port}
  connect_address: 127.0.0.1:{port}
{restapi}raft: {{data_dir: {folder}/raft, self_addr: '127.0.0.1:{raft}', partner_addrs: []}}
bootstrap:
  dcs: {{ttl: 30, loop_wait: 1, retry_timeout: 5}}
  initdb: [{{encoding: UTF8}}, no-sync]
postgresql:
  listen: 127.0.0.1:{postgres}
  connect_address: 127.0.0.1:{postgres}
  data_dir: {folder}/data
  bin_dir: /usr/lib/postgresql/15/bin
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: {folder}, fsync: 'off'}}
  authentication:
    superuser: {{username: postgres, password: CANARY-super}}
    replication: {{username: replicator, password: CANARY-replication}}
)",
                       fmt::arg("port", port), fmt::arg("restapi", restapi), fmt::arg("folder", folder),
                       fmt::arg("raft", FaultServer::free_port()), fmt::arg("postgres", postgres_port));
}

}  // namespace

RealPatroni::RealPatroni(const std::string& restapi)
    : port_(FaultServer::free_port()), postgres_port_(FaultServer::free_port()) {
    configuration_ = configuration_in(folder_.string(), port_, postgres_port_, restapi);
    std::ofstream(path()) << configuration_;
    std::vector<std::string> argv;
    if (::geteuid() == 0) {  // PostgreSQL refuses to run as root
        const auto* account = ::getpwnam("postgres");
        if (account == nullptr || ::chown(folder_.path().c_str(), account->pw_uid, account->pw_gid) != 0)
            throw std::runtime_error("no account postgres");
        argv = {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"};
    }
    argv.insert(argv.end(), {"/usr/bin/patroni", path()});
    program_ = std::make_unique<Program>(argv);
    if (!program_->wait_for_line("the leader with the lock"))
        throw std::runtime_error("Patroni does not lead: " + program_->output());
}

RealPatroni::~RealPatroni() {
    // Asked to end, it would leave a paused cluster's PostgreSQL behind.
    program_.reset();
    stop_postgres();
}

void RealPatroni::stop_postgres() const {
    pid_t process = -1;
    std::ifstream(folder_ / "data" / "postmaster.pid") >> process;
    if (process <= 0) return;
    const Descriptor watched(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    ::kill(process, SIGQUIT);
    pollfd end{watched.get(), POLLIN, 0};
    ::poll(&end, 1, 10'000);
}

void RealPatroni::pause() const { run_program({"/usr/bin/patronictl", "-c", path(), "pause", "--wait"}); }

}  // namespace preflight::probes
