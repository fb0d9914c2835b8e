// Log: one line to standard error per event, in the form that journald and people read.
//
// "<6>node=web1 inspection=3f2a… connected to 127.0.0.1:7443". The priority prefix is written only when
// standard error is not a terminal. Thread-safe: one write(2) per line. Never pass content of a node's files.
#pragma once

#include <string>
#include <string_view>

namespace preflight {

enum class Priority { error = 3, warning = 4, info = 6 };

class Log {
  public:
    // A log whose lines carry these fields, e.g. with("node", "web1").
    Log with(std::string_view field, std::string_view value) const;

    void error(std::string_view text) const { write(Priority::error, text); }
    void warning(std::string_view text) const { write(Priority::warning, text); }
    void info(std::string_view text) const { write(Priority::info, text); }

  private:
    void write(Priority priority, std::string_view text) const;

    std::string fields_;
};

}  // namespace preflight
