// ProcessWatch: looks again and again at the processes of our programs, and keeps what any user of the node
// could have seen of them: command lines; and what its root could: environments and limits.
#pragma once

#include <atomic>
#include <set>
#include <string>
#include <thread>

namespace preflight {

class ProcessWatch {
  public:
    ProcessWatch();
    ProcessWatch(const ProcessWatch&) = delete;
    ProcessWatch& operator=(const ProcessWatch&) = delete;
    ~ProcessWatch() { stop(); }

    // What was seen is whole after this.
    void stop();
    // Words apart by blanks: "gitlab-preflight-agent probe redis".
    const std::set<std::string>& command_lines() const { return command_lines_; }
    const std::set<std::string>& environments() const { return environments_; }
    // Of probes' processes: command line, where a core dump of it would not be empty.
    const std::set<std::string>& dumpable() const { return dumpable_; }

  private:
    void look();

    std::set<std::string> command_lines_;
    std::set<std::string> environments_;
    std::set<std::string> dumpable_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace preflight
