#include "agent/probe_child.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cerrno>
#include <csignal>
#include <unordered_map>
#include <utility>
#include <vector>

#include "probes/node/child.h"

namespace preflight::agent {

namespace asio = boost::asio;
namespace process = boost::process::v2;
namespace {

std::chrono::microseconds time_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ProbeChild::ProbeChild(asio::any_io_executor executor)
    : output_(executor), ended_(std::make_unique<asio::signal_set>(executor, SIGCHLD)) {}

ProbeChild::ProbeChild(ProbeChild&& other) noexcept
    : output_(std::move(other.output_)),
      ended_(std::move(other.ended_)),
      process_(std::exchange(other.process_, -1)) {}

ProbeChild::~ProbeChild() {
    if (process_ > 0) kill();
}

Result<ProbeChild> ProbeChild::start(asio::any_io_executor executor, const std::filesystem::path& program,
                                     std::string_view name, const std::string& request) {
    ProbeChild child(executor);
    asio::writable_pipe input(executor);
    std::unordered_map<process::environment::key, process::environment::value> variables{
        {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
        {"LC_ALL", "C"},
        // A name server that never answers must not cost a probe its whole time: the C library asks each
        // once.
        {"RES_OPTIONS", "timeout:2 attempts:1"}};
    process::process_environment environment(variables);
    const std::vector<std::string> arguments{"probe", std::string(name)};
    boost::system::error_code error;
    process::default_process_launcher launcher;
    // Standard error goes nowhere: a library's message may quote what it read.
    auto started =
        launcher(executor, error, program, arguments, process::process_stdio{input, child.output_, nullptr},
                 environment, probes::ChildGuard{});
    const auto source = "probe " + std::string(name);
    if (error) return problem_from_errno(error.value(), source);
    child.process_ = started.id();
    started.detach();
    // A request is far smaller than a pipe's buffer, so this does not block; a child that is gone shows by
    // its end.
    boost::system::error_code ignored;
    asio::write(input, asio::buffer(request), ignored);
    return child;
}

asio::awaitable<std::string> ProbeChild::read() {
    std::string bytes(64 * 1024, '\0');
    const auto [error, length] =
        co_await output_.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    bytes.resize(error ? 0 : length);
    co_return bytes;
}

void ProbeChild::kill() const {
    if (process_ > 0) ::kill(-process_, SIGKILL);
}

int ProbeChild::abandon() { return std::exchange(process_, -1); }

std::optional<ProbeChild::End> ProbeChild::collect_now() {
    int status = 0;
    rusage usage{};
    if (::wait4(process_, &status, WNOHANG, &usage) != process_) return std::nullopt;
    // Whatever the probe started itself goes with it.
    kill();
    process_ = -1;
    const auto cpu = time_of(usage.ru_utime) + time_of(usage.ru_stime);
    return End{status, cpu, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

asio::awaitable<std::optional<ProbeChild::End>> ProbeChild::collect(std::chrono::milliseconds patience) {
    using asio::experimental::awaitable_operators::operator||;
    asio::steady_timer deadline(output_.get_executor(), patience);
    for (;;) {
        if (const auto end = collect_now()) co_return end;
        auto signalled = ended_->async_wait(asio::as_tuple(asio::use_awaitable));
        auto late = deadline.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto first = co_await (std::move(signalled) || std::move(late));
        if (first.index() == 1) co_return collect_now();
    }
}

}  // namespace preflight::agent
