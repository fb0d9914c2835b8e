// Program: one of our programs as a child process of a test: its output read as it comes, ended with the
// test.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preflight {

class Program {
  public:
    // Started at once; standard output and standard error are one stream.
    explicit Program(const std::vector<std::string>& argv);
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    // Kills it, if it still runs.
    ~Program();

    // Reads until a line holds `text`, and returns that line; nothing when it ends or 60 s pass before.
    std::optional<std::string> wait_for_line(std::string_view text);
    // Reads until its end and returns the exit status; -1 when a signal ended it or 120 s passed.
    int wait();
    void signal(int number) const;
    // All that it has written and that was read so far.
    const std::string& output() const { return output_; }
    pid_t process() const { return process_; }

  private:
    // False at the end of the stream or at the deadline.
    bool read_more(std::chrono::steady_clock::time_point deadline);

    pid_t process_ = -1;
    int stream_ = -1;
    std::string output_;
    std::size_t scanned_ = 0;
};

struct Ended {
    int status = 0;
    std::string output;  // standard output alone
    std::string error;   // standard error alone
};

// Runs a command to its end.
Ended run_program(const std::vector<std::string>& argv);

// All bytes of a file; none where it cannot be read.
std::string content_of(const std::filesystem::path& file);

}  // namespace preflight
