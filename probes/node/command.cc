#include "probes/node/command.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <unordered_map>

#include "probes/node/child.h"

namespace preflight::probes {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;
using Clock = std::chrono::steady_clock;

struct Output {
    std::string text;
    bool ended = false;
};

// Reads until the end, the limit (one byte past it tells) or the deadline.
Output read_output(asio::io_context& context, asio::readable_pipe& pipe, std::size_t limit_bytes,
                   Clock::time_point deadline) {
    Output output;
    asio::async_read(pipe, asio::dynamic_buffer(output.text, limit_bytes + 1),
                     [&output](boost::system::error_code, std::size_t) { output.ended = true; });
    context.run_until(deadline);
    if (!output.ended) {
        pipe.cancel();
        context.restart();
        context.run();
        output.ended = false;
    }
    return output;
}

// Until the process has ended, or the deadline.
void wait_for_end(pid_t child, Clock::time_point deadline) {
    for (;;) {
        siginfo_t ended{};
        ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT | WNOHANG);
        if (ended.si_pid == child || Clock::now() >= deadline) return;
        ::poll(nullptr, 0, 1);
    }
}

// Ends the whole group and collects the child. Its status, when it had ended by itself.
int collect(pid_t child) {
    int status = 0;
    // The output has ended or is not wanted: whoever of the group still runs has no reader.
    const auto at_once = ::waitpid(child, &status, WNOHANG);
    if (at_once == child) return status;
    ::kill(-child, SIGKILL);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

Result<std::string> run_command(const Command& command) {
    const auto& program = command.argv.at(0);
    struct stat status {};
    if (::stat(program.c_str(), &status) != 0) return problem_from_errno(errno, program);
    const auto deadline = Clock::now() + command.limit;
    asio::io_context context(1);
    asio::readable_pipe pipe(context);
    const std::vector<std::string> arguments(command.argv.begin() + 1, command.argv.end());
    std::unordered_map<process::environment::key, process::environment::value> environment{
        {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}, {"LC_ALL", "C"}};
    process::process_environment clean(environment);
    boost::system::error_code error;
    process::default_process_launcher launcher;
    // NOLINTNEXTLINE(misc-include-cleaner)
    auto child =
        launcher(context.get_executor(), error, program, arguments,
                 process::process_stdio{nullptr, pipe, nullptr}, clean, ChildGuard{.as_nobody = true});
    if (error) return problem_from_errno(error.value(), program);
    const pid_t number = child.id();
    child.detach();
    const auto output = read_output(context, pipe, command.output_limit_bytes, deadline);
    const bool too_much = output.text.size() > command.output_limit_bytes;
    // End of output and end of the process are two events, a moment apart.
    if (output.ended && !too_much) wait_for_end(number, deadline);
    const int exit_status = collect(number);
    if (too_much) return Problem{v1::Gap::TOO_LARGE, program, "it printed more than the limit"};
    if (!output.ended) return Problem{v1::Gap::TIMED_OUT, program, "not finished within its limit"};
    if (!WIFEXITED(exit_status) || WEXITSTATUS(exit_status) != 0) {
        return Problem{v1::Gap::FAILED, program, "it ended with wait status " + std::to_string(exit_status)};
    }
    return output.text;
}

}  // namespace preflight::probes
