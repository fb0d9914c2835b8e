// StandardOutput: whether what a program printed has arrived.
#pragma once

namespace preflight {

// Puts something in the place of each standard stream that the program was started without, into which
// nothing can be written: the next file or connection to be opened would get its number, and what is printed
// later. For the first line of a program.
void hold_standard_streams();

// Writes out what is still held back. False where any part of what was printed so far could not be written (a
// full disk, a reader that went away): a program that ends well must ask before it ends.
bool standard_output_arrived();

}  // namespace preflight
