#include "tests/integration/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/temporary_folder.h"

namespace preflight {
namespace {

using Clock = std::chrono::steady_clock;

// In the child: becomes the command; output and error go to these descriptors.
[[noreturn]] void become(const std::vector<std::string>& argv, int output, int error) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(error, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

int exit_status(int wait_status) { return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1; }

}  // namespace

std::string content_of(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

Program::Program(const std::vector<std::string>& argv) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ == 0) become(argv, ends[1], ends[1]);
    ::close(ends[1]);
    stream_ = ends[0];
}

Program::~Program() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    ::close(stream_);
}

bool Program::read_more(Clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd descriptor{.fd = stream_, .events = POLLIN, .revents = 0};
    if (left <= 0 || ::poll(&descriptor, 1, static_cast<int>(left)) <= 0) return false;
    std::array<char, 65536> bytes{};
    const auto length = ::read(stream_, bytes.data(), bytes.size());
    if (length <= 0) return false;
    output_.append(bytes.data(), static_cast<std::size_t>(length));
    return true;
}

std::optional<std::string> Program::wait_for_line(std::string_view text) {
    const auto deadline = Clock::now() + std::chrono::seconds(60);
    for (;;) {
        for (auto end = output_.find('\n', scanned_); end != std::string::npos;
             end = output_.find('\n', scanned_)) {
            const auto line = output_.substr(scanned_, end - scanned_);
            scanned_ = end + 1;
            if (line.find(text) != std::string::npos) return line;
        }
        if (!read_more(deadline)) return std::nullopt;
    }
}

int Program::wait() {
    const auto deadline = Clock::now() + std::chrono::seconds(120);
    while (read_more(deadline)) {
    }
    // The stream's end may be a moment before the process's; past the deadline it is ended.
    if (Clock::now() >= deadline) ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return exit_status(status);
}

void Program::signal(int number) const {
    if (process_ > 0) ::kill(process_, number);
}

Ended run_program(const std::vector<std::string>& argv) {
    const TemporaryFolder folder;
    const auto output_file = (folder / "output").string();
    const auto error_file = (folder / "error").string();
    const auto process = ::fork();
    if (process == 0) {
        const int output = ::open(output_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const int error = ::open(error_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        become(argv, output, error);
    }
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return {exit_status(status), content_of(output_file), content_of(error_file)};
}

}  // namespace preflight
