// Process: Boost.Process v2 with the includes that its 1.81 forgets under BOOST_PROCESS_USE_STD_FS. Include
// this, never the library's own header.
#pragma once

// In this order.
// clang-format off
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#include <boost/asio.hpp>
#include <boost/process/v2.hpp>
// clang-format on
