// StandardOutput: whether what a program printed has arrived.
#pragma once

namespace preflight {

// Writes out what is still held back. False where any part of what was printed so far could not be written (a
// full disk, a reader that went away): a program that ends well must ask before it ends.
bool standard_output_arrived();

}  // namespace preflight
