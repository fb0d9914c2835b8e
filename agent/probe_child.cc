#include "agent/probe_child.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cerrno>
#include <csignal>
#include <utility>

namespace preflight::agent {

namespace asio = boost::asio;
namespace {

std::chrono::microseconds time_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

ProbeChild::ProbeChild(const asio::any_io_executor& executor)
    : output_(executor),
      bytes_(std::make_unique<Bytes>()),
      ended_(std::make_unique<asio::signal_set>(executor, SIGCHLD)) {}

ProbeChild::ProbeChild(ProbeChild&& other) noexcept
    : output_(std::move(other.output_)),
      bytes_(std::move(other.bytes_)),
      ended_(std::move(other.ended_)),
      process_(std::exchange(other.process_, -1)) {}

ProbeChild::~ProbeChild() {
    if (process_ > 0) kill();
}

Result<ProbeChild> ProbeChild::start(const asio::any_io_executor& executor, ProbeStarter& starter,
                                     std::string_view name, const std::string& request,
                                     std::chrono::milliseconds patience) {
    ProbeChild child(executor);
    asio::readable_pipe its_input(executor);
    asio::writable_pipe its_output(executor);
    asio::writable_pipe input(executor);
    boost::system::error_code error;
    asio::connect_pipe(its_input, input, error);
    if (!error) asio::connect_pipe(child.output_, its_output, error);
    if (error) return problem_from_errno(error.value(), "probe " + std::string(name));
    const auto process = starter.fork(name, its_input.native_handle(), its_output.native_handle(), patience);
    if (!process) return process.error();
    child.process_ = *process;
    // A request is far smaller than a pipe's buffer, so this does not block; a child that is gone shows by
    // its end.
    boost::system::error_code ignored;
    asio::write(input, asio::buffer(request), ignored);
    return child;
}

asio::awaitable<std::string_view> ProbeChild::read() {
    const auto [error, length] =
        co_await output_.async_read_some(asio::buffer(*bytes_), asio::as_tuple(asio::use_awaitable));
    co_return std::string_view(bytes_->data(), error ? 0 : length);
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
