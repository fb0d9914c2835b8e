#include "agent/probe_starter.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/probe_process.h"
#include "model/digest.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/child.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;
namespace process = boost::process::v2;

constexpr int starters_socket = 3;  // where ChildGuard puts it
constexpr std::chrono::milliseconds answer_limit{5000};
constexpr std::size_t name_limit = 40;

// A probe's name, and with it the two descriptors of its process.
struct Envelope {
    Envelope(char* name, std::size_t length) : text{name, length} {
        message.msg_iov = &text;
        message.msg_iovlen = 1;
        message.msg_control = ends.data();
        message.msg_controllen = ends.size();
    }
    iovec text;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> ends{};
    msghdr message{};
};

struct Asked {
    std::string probe;
    probes::Descriptor input;
    probes::Descriptor output;
};

bool send_request(int socket, std::string_view probe, int input, int output) {
    Envelope envelope(const_cast<char*>(probe.data()), probe.size());
    auto& message = envelope.message;
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    const std::array<int, 2> numbers{input, output};
    std::memcpy(CMSG_DATA(header), numbers.data(), sizeof numbers);
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

// Nothing at the end.
std::optional<Asked> receive_request(int socket) {
    std::array<char, name_limit> name{};
    Envelope envelope(name.data(), name.size());
    auto& message = envelope.message;
    ssize_t length = -1;
    do length = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    const auto* header = CMSG_FIRSTHDR(&message);
    if (length <= 0 || header == nullptr || header->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return std::nullopt;
    std::array<int, 2> numbers{};
    std::memcpy(numbers.data(), CMSG_DATA(header), sizeof numbers);
    return Asked{std::string(name.data(), static_cast<std::size_t>(length)), probes::Descriptor(numbers[0]),
                 probes::Descriptor(numbers[1])};
}

// Of what is sent and received.
void set_limit(int socket, std::chrono::milliseconds limit) {
    const timeval time{.tv_sec = limit.count() / 1000, .tv_usec = limit.count() % 1000 * 1000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

Problem failed(int error) { return problem_from_errno(error, "starter"); }

// Of a call on its socket.
Problem failed_call(int error, std::chrono::milliseconds limit) {
    if (error != EAGAIN) return failed(error);
    return {v1::Gap::TIMED_OUT, "starter", "no answer within " + std::to_string(limit.count()) + " ms"};
}

// Not waited for without end: one that hangs in the kernel is left behind.
void end_child(pid_t process) {
    if (process <= 0) return;
    ::kill(process, SIGKILL);
    constexpr timespec between{.tv_sec = 0, .tv_nsec = 100'000};  // and what the kernel adds
    constexpr int looks = 2500;
    for (int i = 0; i < looks && ::waitpid(process, nullptr, WNOHANG) == 0; ++i)
        ::nanosleep(&between, nullptr);
}

void answer(pid_t process_or_error) {
    [[maybe_unused]] const auto sent =
        ::send(starters_socket, &process_or_error, sizeof process_or_error, MSG_NOSIGNAL);
}

// "starter" and blanks become "probe" and the name.
void entitle(std::span<char> title, const std::string& probe) {
    auto words = std::string("probe") + '\0' + probe;
    words.resize(title.size());
    std::ranges::copy(words, title.begin());
}

// The forked process: 0, 1 and 2 are all that it keeps open.
[[noreturn]] void become_probe(Asked asked, pid_t parent, std::span<const probes::Probe> catalog,
                               std::span<char> title) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);  // it was gone before that
    ::prctl(PR_SET_NAME, asked.probe.c_str());
    entitle(title, asked.probe);
    ::dup2(asked.input.get(), STDIN_FILENO);
    ::dup2(asked.output.get(), STDOUT_FILENO);
    asked.input = probes::Descriptor();
    asked.output = probes::Descriptor();
    ::close(starters_socket);
    leave_probe(run_probe_process(asked.probe, catalog));
}

// What nearly every probe would build for itself again: the tables by which findings are made carriable, and
// the library of digests. A probe finds them in the memory that it shares with us.
void prepare() {
    const auto& finding = v1::Finding::default_instance();
    const auto& reflection = *finding.GetReflection();
    const auto& kinds = *finding.GetDescriptor();
    for (int i = 0; i < kinds.field_count(); ++i) {
        if (kinds.field(i)->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE)
            reflection.GetMessage(finding, kinds.field(i)).GetReflection();
    }
    sha256_hex("");
}

}  // namespace

ProbeStarter::ProbeStarter(asio::any_io_executor executor, std::filesystem::path program)
    : executor_(std::move(executor)), program_(std::move(program)) {}

ProbeStarter::~ProbeStarter() { end(); }

void ProbeStarter::end() {
    end_child(std::exchange(process_, -1));
    socket_ = probes::Descriptor();
}

Result<void> ProbeStarter::start() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return failed(errno);
    socket_ = probes::Descriptor(ends[0]);
    const probes::Descriptor theirs(ends[1]);
    std::unordered_map<process::environment::key, process::environment::value> variables{
        {"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
        {"LC_ALL", "C"},
        // A name server that never answers must not cost a probe its whole time: the C library asks each
        // once.
        {"RES_OPTIONS", "timeout:2 attempts:1"}};
    process::process_environment environment(variables);
    const std::vector<std::string> arguments{"starter", std::string(name_limit, ' ')};
    boost::system::error_code error;
    process::default_process_launcher launcher;
    // Standard error goes nowhere: a library's message may quote what a probe read.
    auto started =
        launcher(executor_, error, program_, arguments, process::process_stdio{nullptr, nullptr, nullptr},
                 environment, probes::ChildGuard{.handed_over = theirs.get()});
    if (error) {
        end_child(launcher.pid);  // what was forked and found no program to become
        return failed(error.value());
    }
    process_ = started.id();
    started.detach();
    return {};
}

Result<pid_t> ProbeStarter::ask(std::string_view probe, int input, int output,
                                std::chrono::milliseconds patience) const {
    // Never none at all, which would be without end.
    const auto limit = std::clamp(patience, std::chrono::milliseconds(1), answer_limit);
    set_limit(socket_.get(), limit);
    if (!send_request(socket_.get(), probe, input, output)) return failed_call(errno, limit);
    pid_t answered = 0;
    ssize_t length = -1;
    do length = ::recv(socket_.get(), &answered, sizeof answered, 0);
    while (length < 0 && errno == EINTR);
    if (length < 0) return failed_call(errno, limit);
    if (length != sizeof answered) return failed(EPIPE);
    if (answered < 0) return failed(-answered);
    // It does so itself too: whoever is first, a kill of the group finds it.
    ::setpgid(answered, answered);
    return answered;
}

Result<pid_t> ProbeStarter::fork(std::string_view probe, int input, int output,
                                 std::chrono::milliseconds patience) {
    if (process_ < 0) {
        if (const auto started = start(); !started) return started.error();
    }
    auto forked = ask(probe, input, output, patience);
    if (!forked) end();
    return forked;
}

std::span<char> title_of(int count, char** arguments) {
    auto* const begin = arguments[1];
    auto* const last = arguments[count - 1];
    return {begin, static_cast<std::size_t>(last - begin) + std::strlen(last)};
}

int run_probe_starter(std::span<const probes::Probe> catalog, std::span<char> title) {
    const auto parent = ::getppid();
    prepare();
    while (auto asked = receive_request(starters_socket)) {
        // As fork(2), but a child of our parent's. The C library then has a wrong thread id for the only
        // thread, for which nothing asks.
        const auto forked = ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
        if (forked == 0) become_probe(std::move(*asked), parent, catalog, title);
        answer(static_cast<pid_t>(forked < 0 ? -errno : forked));
    }
    return 0;
}

void leave_probe(int status) {
#ifdef PREFLIGHT_SANITIZED
    std::exit(status);  // where the sanitizer tells its leaks
#else
    ::_exit(status);
#endif
}

}  // namespace preflight::agent
