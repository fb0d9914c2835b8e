// Descriptor: owns one file descriptor and closes it.
#pragma once

#include <unistd.h>

#include <utility>

namespace preflight::probes {

class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

  private:
    void close() {
        if (number_ >= 0) ::close(number_);
    }

    int number_;
};

}  // namespace preflight::probes
