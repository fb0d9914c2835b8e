#include "agent/commands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <unordered_map>

#include "agent/identity.h"
#include "agent/inspection.h"
#include "agent/inspector.h"
#include "agent/privileges.h"
#include "agent/service.h"
#include "agent/text.h"
#include "model/core_dumps.h"
#include "probes/catalog.h"
#include "probes/node/child.h"
#include "probes/node/descriptor.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
constexpr int inherited_socket = 3;

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::seconds(number);
}

// The program that runs now, also when its file was replaced meanwhile.
std::filesystem::path own_program() {
    std::error_code error;
    auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error || !std::filesystem::exists(path, error) ? "/proc/self/exe" : path;
}

int complain(int status, const std::string& text) {
    std::fputs(fmt::format("gitlab-preflight-agent: {}\n", text).c_str(), stderr);
    return status;
}

std::vector<probes::Probe> chosen(const std::vector<std::string>& only) {
    std::vector<probes::Probe> probes;
    for (const auto& probe : probes::catalog()) {
        if (only.empty() || std::ranges::find(only, probe.name) != only.end()) probes.push_back(probe);
    }
    return probes;
}

// The folder must belong to the account that will write it; done before rights are given up. Only a folder
// that is made here changes its owner: one that was there before may be anything.
Result<void> hand_over_folder(const std::filesystem::path& folder, const std::string& account) {
    if (!folder.is_absolute())
        return Problem{v1::Gap::REFUSED, folder.string(), "the spool's path must be absolute"};
    std::error_code error;
    std::filesystem::create_directories(folder.parent_path(), error);
    if (error) return problem_from_errno(error.value(), folder.string());
    const bool made = ::mkdir(folder.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return problem_from_errno(errno, folder.string());
    const probes::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (opened.get() < 0 || ::fstat(opened.get(), &status) != 0)
        return problem_from_errno(errno, folder.string());
    if (account.empty() || ::geteuid() != 0) return {};
    const auto* entry = ::getpwnam(account.c_str());
    if (entry == nullptr) return Problem{v1::Gap::ABSENT, account, "there is no such account"};
    if (status.st_uid == entry->pw_uid) return {};
    if (!made)
        return Problem{v1::Gap::REFUSED, folder.string(), "it belongs to another account than " + account};
    if (::fchown(opened.get(), entry->pw_uid, entry->pw_gid) != 0)
        return problem_from_errno(errno, folder.string());
    return {};
}

// Starts the inspector with one end of a socket pair as its descriptor 3; our end is returned.
Result<int> start_inspector(const Settings& settings) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return problem_from_errno(errno, "socket pair");
    asio::io_context context(1);
    boost::system::error_code error;
    process::default_process_launcher launcher;
    const std::vector<std::string> arguments{"inspector", settings.root.string(),
                                             std::to_string(settings.inspection_limit.count()),
                                             std::to_string(settings.proof_limit.count())};
    std::unordered_map<process::environment::key, process::environment::value> variables{
        {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"LC_ALL", "C"}};
    process::process_environment environment(variables);
    auto inspector = launcher(context.get_executor(), error, own_program(), arguments,
                              process::process_stdio{nullptr, nullptr, {}}, environment,
                              probes::ChildGuard{.handed_over = ends[1]});
    ::close(ends[1]);
    if (error) return problem_from_errno(error.value(), "inspector");
    inspector.detach();
    return ends[0];
}

}  // namespace

int inspect_once(const InspectCommand& command) {
    refuse_dumps();
    std::signal(SIGPIPE, SIG_IGN);  // a probe may be gone before it has read its request
    const auto node = probes::Node::open(command.root);
    if (!node) return complain(66, fmt::format("--root {}: {}", command.root.string(), node.error().detail));
    std::vector<v1::Record> records;
    asio::io_context loop(1);
    RunnerOptions options{.program = own_program(),
                          .root = command.root,
                          .limit = command.limit,
                          .proof_limit = command.proof_limit};
    const auto probes = chosen(command.only);
    TakeRecord take = [&](const v1::Record& record) {
        records.push_back(record);
        // Whoever waits that long wants to see that it goes on.
        if (command.prove_backups && record.finding().has_backup_proof())
            complain(0, to_text(record.finding().backup_proof()));
    };
    Order order{.id = new_inspection_id(), .asked = {.prove_backups = command.prove_backups}, .first = {}};
    asio::co_spawn(loop, inspect(std::move(order), identify(command.root), options, probes, take),
                   [](std::exception_ptr failure) {
                       if (failure) std::rethrow_exception(failure);
                   });
    loop.run();
    const auto inspection = assemble(records);
    std::fputs((command.format == "json" ? to_json(inspection) : to_text(inspection)).c_str(), stdout);
    return 0;
}

int run_service(const RunCommand& command) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto& settings = command.settings;
    const auto node = probes::Node::open(settings.root);
    if (!node) return complain(66, fmt::format("--root {}: {}", settings.root.string(), node.error().detail));
    const auto identity = identify(settings.root);
    const auto folder = hand_over_folder(settings.spool, settings.account);
    if (!folder) return complain(73, fmt::format("{}: {}", folder.error().source, folder.error().detail));
    const auto inspector = start_inspector(settings);
    if (!inspector)
        return complain(70, fmt::format("{}: {}", inspector.error().source, inspector.error().detail));
    if (const auto became = become(settings.account); !became) {
        return complain(77, fmt::format("account {}: {}", settings.account, became.error().detail));
    }
    refuse_dumps();
    auto spool = Spool::open(settings.spool, settings.spool_limits);
    if (!spool) return complain(73, fmt::format("spool {}: {}", spool.error().source, spool.error().detail));
    asio::io_context loop(1);
    Service service(loop, settings, identity, *spool, *inspector,
                    command.once ? ServiceMode::once : ServiceMode::for_ever);
    return service.run({.once = command.once_limit});
}

int run_inspector_process(int count, const char* const* arguments) {
    refuse_dumps();
    std::signal(SIGPIPE, SIG_IGN);
    if (count != 5) return 64;
    const std::filesystem::path root = arguments[2];
    const auto limit = seconds_in(arguments[3]);
    const auto proof_limit = seconds_in(arguments[4]);
    if (!limit || !proof_limit) return 64;
    const RunnerOptions options{
        .program = own_program(), .root = root, .limit = *limit, .proof_limit = *proof_limit};
    return run_inspector(inherited_socket, identify(root), options, probes::catalog());
}

}  // namespace preflight::agent
